//! The way of an arrow: along grid lines, around boxes, clear of other arrows.
//!
//! A shortest path by Dijkstra's algorithm over grid points and directions. Bends, crossings and closeness
//! cost extra; running on top of another arrow costs so much that it happens only where there is no other
//! way.

use alloc::collections::{BTreeMap, BinaryHeap};
use alloc::vec;
use alloc::vec::Vec;
use core::cmp::Reverse;

use super::layout::{Layout, Rect};

const STEP: u32 = 10;
const BEND: u32 = 30;
const CROSSING: u32 = 25;
const BESIDE_ARROW: u32 = 8;
const BESIDE_BOX: u32 = 3;
const ON_BORDER: u32 = 12;
const OVERLAP: u32 = 1000;
/// For each step between the end of an arrow and the middle of the side of the box it touches.
const OFF_MIDDLE: u32 = 3;

/// Right, down, left, up: a quarter turn is one step in this list.
const DIRECTIONS: [(i32, i32); 4] = [(1, 0), (0, 1), (-1, 0), (0, -1)];

pub(super) type Point = (i32, i32);

#[derive(Clone, Copy, Default)]
struct Square {
    /// Inside or on the border of a box.
    blocked: bool,
    /// Arrows that pass along the horizontal and the vertical axis.
    used: [bool; 2],
    beside_arrow: bool,
    beside_box: bool,
    /// Horizontal and vertical borders between cells.
    border: [bool; 2],
}

pub(super) struct Router {
    width: i32,
    height: i32,
    squares: Vec<Square>,
}

impl Router {
    pub(super) fn new(layout: &Layout) -> Self {
        let (width, height) = (layout.width() + 1, layout.height() + 1);
        let mut squares = Vec::new();
        for y in 0..height {
            for x in 0..width {
                let near = |rect: Rect, by: i32| {
                    Rect {
                        x: rect.x - by,
                        y: rect.y - by,
                        width: rect.width + 2 * by,
                        height: rect.height + 2 * by,
                    }
                    .contains(x, y)
                };
                squares.push(Square {
                    blocked: layout.nodes.iter().any(|node| near(node.rect, 0)),
                    beside_box: layout.nodes.iter().any(|node| near(node.rect, 1)),
                    border: [layout.rows.contains(&y), layout.columns.contains(&x)],
                    ..Square::default()
                });
            }
        }
        Self { width, height, squares }
    }

    /// Finds a way from a box of one actor to a box of another, and keeps later arrows off it.
    ///
    /// The points are the two ends and the bends. Nothing where there is no way at all.
    pub(super) fn route(&mut self, from: &[Rect], to: &[Rect]) -> Option<Vec<Point>> {
        let states = self.squares.len() * DIRECTIONS.len();
        let mut best = vec![u32::MAX; states];
        let mut before: Vec<Option<usize>> = vec![None; states];
        let mut queue = BinaryHeap::new();

        for rect in from {
            for (x, y, direction, off) in ports(*rect) {
                let Some(square) = self.square(x, y) else { continue };
                let taken = if square.used.contains(&true) { OVERLAP } else { 0 };
                let state = self.state((x, y), direction);
                best[state] = off * OFF_MIDDLE + taken;
                queue.push(Reverse((best[state], state)));
            }
        }
        let goals: BTreeMap<usize, u32> = to
            .iter()
            .flat_map(|rect| ports(*rect))
            .filter(|(x, y, ..)| self.square(*x, *y).is_some())
            .map(|(x, y, outward, off)| (self.state((x, y), opposite(outward)), off * OFF_MIDDLE))
            .collect();

        while let Some(Reverse((cost, state))) = queue.pop() {
            if cost > best[state] {
                continue;
            }
            if goals.contains_key(&state) {
                let way = self.trace(&before, state);
                self.occupy(&way);
                return Some(corners(&way));
            }
            let ((x, y), direction) = self.place(state);
            let here = self.squares[state / DIRECTIONS.len()];
            let mut reach = |next: usize, cost: u32| {
                if cost < best[next] {
                    best[next] = cost;
                    before[next] = Some(state);
                    queue.push(Reverse((cost, next)));
                }
            };
            if !here.blocked {
                let bend = BEND + if here.used.contains(&true) { OVERLAP } else { 0 };
                reach(self.state((x, y), (direction + 1) % 4), cost + bend);
                reach(self.state((x, y), (direction + 3) % 4), cost + bend);
            }
            let (dx, dy) = DIRECTIONS[direction];
            let (x, y) = (x + dx, y + dy);
            let next = self.state((x, y), direction);
            match self.square(x, y) {
                Some(square) if !square.blocked => reach(next, cost + square.cost(direction)),
                Some(square) => {
                    if let Some(off) = goals.get(&next) {
                        let taken = if square.used.contains(&true) { OVERLAP } else { 0 };
                        reach(next, cost + STEP + off + taken);
                    }
                }
                None => {}
            }
        }
        None
    }

    /// How far a point is from everything a number beside an arrow must not cover, up to `limit`.
    ///
    /// `own` is the way of the arrow itself.
    pub(super) fn clearance(&self, (x, y): Point, own: &[Point], limit: i32) -> i32 {
        (1..=limit)
            .find(|distance| {
                (-distance..=*distance).any(|dx| {
                    let dy = distance - dx.abs();
                    [dy, -dy].into_iter().any(|dy| {
                        let point = (x + dx, y + dy);
                        self.square(point.0, point.1).is_none_or(|square| {
                            square.blocked || (square.used.contains(&true) && !own.contains(&point))
                        })
                    })
                })
            })
            .unwrap_or(limit + 1)
    }

    /// Whether two arrows cross in a point.
    pub(super) fn is_crossing(&self, (x, y): Point) -> bool {
        self.square(x, y).is_some_and(|square| square.used == [true, true])
    }

    fn square(&self, x: i32, y: i32) -> Option<Square> {
        let inside = x >= 0 && y >= 0 && x < self.width && y < self.height;
        if inside { self.squares.get(self.index((x, y))).copied() } else { None }
    }

    fn index(&self, (x, y): Point) -> usize {
        usize::try_from(y * self.width + x).unwrap_or(usize::MAX / 8)
    }

    fn state(&self, point: Point, direction: usize) -> usize {
        self.index(point) * DIRECTIONS.len() + direction
    }

    fn place(&self, state: usize) -> (Point, usize) {
        let at = i32::try_from(state / DIRECTIONS.len()).unwrap_or(i32::MAX);
        ((at % self.width, at / self.width), state % DIRECTIONS.len())
    }

    /// Every point of the way, with the direction in which it is passed.
    fn trace(&self, before: &[Option<usize>], last: usize) -> Vec<(Point, usize)> {
        let mut way = vec![self.place(last)];
        let mut state = last;
        while let Some(earlier) = before[state] {
            way.push(self.place(earlier));
            state = earlier;
        }
        way.reverse();
        way
    }

    fn occupy(&mut self, way: &[(Point, usize)]) {
        for ((x, y), direction) in way {
            let at = self.index((*x, *y));
            self.squares[at].used[direction % 2] = true;
            for (dx, dy) in DIRECTIONS {
                if self.square(x + dx, y + dy).is_some() {
                    let beside = self.index((x + dx, y + dy));
                    self.squares[beside].beside_arrow = true;
                    // Two arrows that end on neighbouring points of a box would touch heads.
                    self.squares[beside].used[direction % 2] |= self.squares[beside].blocked;
                }
            }
        }
    }
}

impl Square {
    /// What it costs to step onto this point.
    fn cost(self, direction: usize) -> u32 {
        let axis = direction % 2;
        let extra = |applies: bool, cost: u32| if applies { cost } else { 0 };
        STEP + extra(self.used[axis], OVERLAP)
            + extra(self.used[1 - axis], CROSSING)
            + extra(self.beside_arrow, BESIDE_ARROW)
            + extra(self.beside_box, BESIDE_BOX)
            + extra(self.border[axis], ON_BORDER)
    }
}

const fn opposite(direction: usize) -> usize {
    (direction + 2) % 4
}

/// Where arrows may touch a box: the points of its sides without the corners, with the direction that leads
/// away and the distance from the middle of the side.
fn ports(rect: Rect) -> impl Iterator<Item = (i32, i32, usize, u32)> {
    let across = (rect.x + 2..rect.right() - 1).flat_map(move |x| {
        let off = (2 * x - rect.x - rect.right()).unsigned_abs() / 2;
        [(x, rect.bottom(), 1, off), (x, rect.y, 3, off)]
    });
    let along = (rect.y + 1..rect.bottom()).flat_map(move |y| {
        let off = (2 * y - rect.y - rect.bottom()).unsigned_abs() / 2;
        [(rect.right(), y, 0, off), (rect.x, y, 2, off)]
    });
    across.chain(along)
}

/// The two ends and the bends.
fn corners(way: &[(Point, usize)]) -> Vec<Point> {
    let ends = way.len().saturating_sub(1);
    let mut points: Vec<Point> = way
        .iter()
        .enumerate()
        .filter(|(at, (_, direction))| {
            *at == 0 || *at == ends || way.get(at + 1).is_some_and(|(_, next)| next != direction)
        })
        .map(|(_, (point, _))| *point)
        .collect();
    points.dedup();
    points
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actors;

    fn points_between(corners: &[Point]) -> Vec<Point> {
        let mut points = Vec::new();
        for pair in corners.windows(2) {
            let [(x, y), (to_x, to_y)] = [pair[0], pair[1]];
            let (dx, dy) = ((to_x - x).signum(), (to_y - y).signum());
            let steps = (to_x - x).abs().max((to_y - y).abs());
            points.extend((0..=steps).map(|step| (x + dx * step, y + dy * step)));
        }
        points.dedup();
        points
    }

    #[test]
    fn goes_along_the_axes_and_around_every_box() {
        let layout = Layout::new(&actors::ALL, 5);
        let mut router = Router::new(&layout);
        for (from, to) in [(0, 4), (5, 7), (6, 7), (5, 6), (13, 9), (7, 15), (3, 16)] {
            let way = router.route(&layout.boxes(from), &layout.boxes(to)).unwrap();
            assert!(way.windows(2).all(|pair| pair[0].0 == pair[1].0 || pair[0].1 == pair[1].1), "{way:?}");
            let points = points_between(&way);
            for point in &points[1..points.len() - 1] {
                let inside = layout.nodes.iter().find(|node| node.rect.contains(point.0, point.1));
                assert_eq!(inside, None, "{way:?}");
            }
        }
    }

    #[test]
    fn keeps_two_arrows_between_the_same_boxes_apart() {
        let layout = Layout::new(&[&actors::DSO, &actors::AGGREGATOR], 5);
        let mut router = Router::new(&layout);
        let [one, other] =
            [(); 2].map(|()| points_between(&router.route(&layout.boxes(0), &layout.boxes(1)).unwrap()));
        assert!(one.iter().all(|point| !other.contains(point)));
    }

    #[test]
    fn measures_the_room_around_a_point() {
        let layout = Layout::new(&[&actors::DSO], 5);
        let router = Router::new(&layout);
        let rect = layout.nodes[0].rect;
        assert_eq!(router.clearance((rect.right() + 2, rect.y + 4), &[], 3), 2);
    }
}
