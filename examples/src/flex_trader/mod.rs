//! The parts of `flex-trader`: a grid operator and an aggregator that trade flexibility over HTTP.

pub mod aggregator;
pub mod demo;
pub mod edge;
pub mod grid_operator;
pub mod journal;
pub mod market;
pub mod settling;
pub mod setup;
pub mod standing;
pub mod story;
