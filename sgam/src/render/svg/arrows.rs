//! The arrows of the picture and their numbers.

use alloc::string::String;
use alloc::vec::Vec;

use super::UNIT;
use super::layout::{Layout, Rect};
use super::route::{Point, Router};
use super::text::units;
use crate::Actor;
use crate::render::conversation::Conversation;
use crate::render::push;

/// The room around the number of an arrow, in grid units.
const BADGE_ROOM: i32 = 2;

/// The arrows with their numbers. Short ones take their way first, so that long ones go around them.
pub(super) fn arrows(
    out: &mut String,
    layout: &Layout,
    conversations: &[Conversation<'_>],
    actors: &[&Actor],
    colour: impl Fn(&Conversation<'_>) -> usize,
) {
    let boxes = |actor: &Actor| {
        actors.iter().position(|known| *known == actor).map(|at| layout.boxes(at)).unwrap_or_default()
    };
    let mut order: Vec<(i32, usize, Vec<Rect>, Vec<Rect>)> = conversations
        .iter()
        .enumerate()
        .map(|(at, conversation)| {
            let (a, b) = (boxes(conversation.a), boxes(conversation.b));
            let distance = a.iter().flat_map(|a| b.iter().map(|b| a.distance(*b))).min().unwrap_or(0);
            (distance, at, a, b)
        })
        .collect();
    order.sort_by_key(|(distance, at, ..)| (*distance, *at));

    let mut router = Router::new(layout);
    let mut ways: Vec<(usize, Vec<Point>)> = Vec::new();
    for (_, at, a, b) in order {
        if let Some(way) = router.route(&a, &b) {
            ways.push((at, way));
        }
    }
    ways.sort();
    for (at, way) in &ways {
        let conversation = &conversations[*at];
        arrow(out, way, colour(conversation), !conversation.back.is_empty());
    }
    let mut badges: Vec<Point> = Vec::new();
    for (at, way) in &ways {
        if let Some(point) = badge_place(&router, way, &badges) {
            badge(out, (point.0 * UNIT, point.1 * UNIT), at + 1, colour(&conversations[*at]));
            badges.push(point);
        }
    }
}

fn arrow(out: &mut String, way: &[Point], colour: usize, both: bool) {
    let points: Vec<Point> = way.iter().map(|(x, y)| (x * UNIT, y * UNIT)).collect();
    let mut line = points.clone();
    let last = points.len() - 1;
    // The line stops inside the head, so that its blunt end does not show at the tip.
    line[last] = towards(points[last], points[last - 1], 5);
    if both {
        line[0] = towards(points[0], points[1], 5);
    }
    let mut path = String::new();
    for (at, (x, y)) in line.iter().enumerate() {
        push(&mut path, format_args!("{}{x} {y}", if at == 0 { 'M' } else { 'L' }));
    }
    push(out, format_args!("<path class=\"line p{colour}\" d=\"{path}\"/>\n"));
    head(out, points[last], points[last - 1], colour);
    if both {
        head(out, points[0], points[1], colour);
    }
}

/// The head of an arrow that comes from `before` and points at `tip`.
fn head(out: &mut String, tip: Point, before: Point, colour: usize) {
    let (x, y) = towards(tip, before, 9);
    let (aside_x, aside_y) = ((tip.1 - y).signum() * 5, (tip.0 - x).signum() * 5);
    push(
        out,
        format_args!(
            "<path class=\"f{colour}\" d=\"M{} {}L{} {}L{} {}Z\"/>\n",
            tip.0,
            tip.1,
            x + aside_x,
            y + aside_y,
            x - aside_x,
            y - aside_y
        ),
    );
}

/// The point `by` pixels from `point` on the way to `other`, along an axis.
fn towards(point: Point, other: Point, by: i32) -> Point {
    (point.0 + (other.0 - point.0).signum() * by, point.1 + (other.1 - point.1).signum() * by)
}

/// Where the number of an arrow stands: on a straight stretch with room around it, as near the middle as can
/// be.
fn badge_place(router: &Router, way: &[Point], badges: &[Point]) -> Option<Point> {
    let points = grid_points(way);
    let distance = |one: &Point, other: &Point| (one.0 - other.0).abs() + (one.1 - other.1).abs();
    let middle = units(points.len()) / 2;
    points
        .iter()
        .zip(0..)
        .max_by_key(|(point, at)| {
            let from_ends = way.first().into_iter().chain(way.last()).map(|end| distance(point, end)).min();
            let from_badges = badges.iter().map(|badge| distance(point, badge)).min();
            let room = [from_ends, from_badges.map(|distance| distance - 1)]
                .into_iter()
                .flatten()
                .fold(router.clearance(**point, &points, BADGE_ROOM), i32::min);
            let straight = way.iter().all(|corner| distance(point, corner) > 1);
            (!router.is_crossing(**point), room.min(BADGE_ROOM), straight, -(at - middle).abs())
        })
        .map(|(point, _)| *point)
}

/// Every grid point of a way, from end to end.
fn grid_points(way: &[Point]) -> Vec<Point> {
    let mut points = Vec::new();
    for pair in way.windows(2) {
        let ((x, y), (to_x, to_y)) = (pair[0], pair[1]);
        let steps = (to_x - x).abs().max((to_y - y).abs());
        let (dx, dy) = ((to_x - x).signum(), (to_y - y).signum());
        points.extend((0..steps).map(|step| (x + dx * step, y + dy * step)));
    }
    points.extend(way.last());
    points
}

/// A number in a circle, for an arrow and for its entry in the list.
pub(super) fn badge(out: &mut String, (x, y): Point, number: usize, colour: usize) {
    push(out, format_args!("<circle class=\"f{colour}\" cx=\"{x}\" cy=\"{y}\" r=\"9\"/>\n"));
    push(out, format_args!("<text class=\"number\" x=\"{x}\" y=\"{}\">{number}</text>\n", y + 4));
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actors;

    #[test]
    fn keeps_the_number_off_both_heads_of_a_short_arrow() {
        let layout = Layout::new(&[&actors::CAD, &actors::IHD, &actors::VEN], 5);
        let mut router = Router::new(&layout);
        let way = router.route(&layout.boxes(0), &layout.boxes(1)).unwrap();
        let (x, y) = badge_place(&router, &way, &[]).unwrap();
        for (end_x, end_y) in [way[0], way[way.len() - 1]] {
            assert!((end_x - x).abs() + (end_y - y).abs() >= BADGE_ROOM);
        }
    }

    #[test]
    fn lists_every_point_of_a_way_once() {
        assert_eq!(grid_points(&[(0, 0), (2, 0), (2, 1)]), [(0, 0), (1, 0), (2, 0), (2, 1)]);
    }
}
