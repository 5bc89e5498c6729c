//! The ISP calendar.
