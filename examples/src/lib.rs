//! What the example programs share: the inspector's parts, the model house, the demonstration's steps.

pub mod demo;
pub mod house;
pub mod inspect;
