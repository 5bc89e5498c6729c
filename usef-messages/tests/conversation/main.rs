//! Trades step by step, and what is wrong with each step that breaks a rule.

mod cost;
mod faults;
mod offers;
mod orders;
mod settlements;
mod steps;
mod trade;
mod usef_2015;
