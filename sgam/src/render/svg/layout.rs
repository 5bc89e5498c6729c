//! Where the boxes of the actors stand on the plane.
//!
//! Lengths are in grid units; the drawing decides how long a unit is. The market zone is the top row, as the
//! model is usually drawn. A box covers all neighbouring zones of an actor in one domain. Between boxes, and
//! between a box and the border of its cell, there is always room for arrows.

use alloc::vec;
use alloc::vec::Vec;

use crate::{Actor, Domain, Zone};

/// The width of a box.
const BOX_WIDTH: i32 = 13;
/// Between two boxes.
const GUTTER: i32 = 5;
/// Between a box and the border of its cell.
const MARGIN: i32 = 3;
/// The width of a domain without an actor.
const EMPTY_WIDTH: i32 = 10;
/// The height of a zone without an actor.
const EMPTY_HEIGHT: i32 = 5;
/// How many boxes of one cell stand in a lane before it takes another lane.
const STACK: usize = 2;

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Rect {
    pub(super) x: i32,
    pub(super) y: i32,
    pub(super) width: i32,
    pub(super) height: i32,
}

impl Rect {
    pub(super) const fn right(self) -> i32 {
        self.x + self.width
    }

    pub(super) const fn bottom(self) -> i32 {
        self.y + self.height
    }

    /// Whether the point lies inside or on the border.
    pub(super) const fn contains(self, x: i32, y: i32) -> bool {
        x >= self.x && x <= self.right() && y >= self.y && y <= self.bottom()
    }

    /// The way between two boxes along the axes, zero where they overlap.
    pub(super) fn distance(self, other: Self) -> i32 {
        let across = (other.x - self.right()).max(self.x - other.right()).max(0);
        let along = (other.y - self.bottom()).max(self.y - other.bottom()).max(0);
        across + along
    }
}

/// The box of an actor in one domain.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) struct Node {
    /// Which of the actors given to [`Layout::new`].
    pub(super) actor: usize,
    pub(super) rect: Rect,
}

#[derive(Debug)]
pub(super) struct Layout {
    pub(super) nodes: Vec<Node>,
    /// The left border of each domain, and the right border of the last.
    pub(super) columns: [i32; 6],
    /// The top border of each zone from the market down, and the bottom border of the last.
    pub(super) rows: [i32; 7],
}

/// A box that has its domain and zones but no place yet.
#[derive(Clone, Copy)]
struct Run {
    actor: usize,
    /// Rows from the top, both included.
    top: usize,
    bottom: usize,
    /// From the left of its column.
    lane: usize,
    /// From the top of its row.
    slot: usize,
}

impl Layout {
    /// Places the actors; every box is `box_height` high for each row of boxes it covers.
    pub(super) fn new(actors: &[&Actor], box_height: i32) -> Self {
        let mut lanes = [0; 5];
        let mut slots = [0; 6];
        let mut placed = Vec::new();
        for (column, domain) in Domain::ALL.into_iter().enumerate() {
            let mut runs: Vec<Run> =
                actors.iter().enumerate().flat_map(|(at, actor)| runs(at, actor, domain)).collect();
            lanes[column] = place(&mut runs);
            for run in &runs {
                slots[run.top] = slots[run.top].max(run.slot + 1);
                slots[run.bottom] = slots[run.bottom].max(run.slot + 1);
            }
            placed.push(runs);
        }

        let mut columns = [0; 6];
        for (at, lanes) in lanes.into_iter().enumerate() {
            columns[at + 1] = columns[at] + extent(lanes, BOX_WIDTH).unwrap_or(EMPTY_WIDTH);
        }
        let mut rows = [0; 7];
        for (at, slots) in slots.into_iter().enumerate() {
            rows[at + 1] = rows[at] + extent(slots, box_height).unwrap_or(EMPTY_HEIGHT);
        }

        let mut nodes = Vec::new();
        for (column, runs) in placed.into_iter().enumerate() {
            for run in runs {
                let x = columns[column] + MARGIN + offset(run.lane, BOX_WIDTH);
                let y = rows[run.top] + MARGIN + offset(run.slot, box_height);
                let height =
                    if run.top == run.bottom { box_height } else { rows[run.bottom + 1] - MARGIN - y };
                nodes.push(Node { actor: run.actor, rect: Rect { x, y, width: BOX_WIDTH, height } });
            }
        }
        Self { nodes, columns, rows }
    }

    pub(super) const fn width(&self) -> i32 {
        self.columns[5]
    }

    pub(super) const fn height(&self) -> i32 {
        self.rows[6]
    }

    /// The boxes of one actor.
    pub(super) fn boxes(&self, actor: usize) -> Vec<Rect> {
        self.nodes.iter().filter(|node| node.actor == actor).map(|node| node.rect).collect()
    }
}

/// The room that `count` boxes of one `size` take with their gutters and margins; nothing for no box.
fn extent(count: usize, size: i32) -> Option<i32> {
    let last = count.checked_sub(1)?;
    Some(2 * MARGIN + offset(last, size) + size)
}

/// How far box number `at` is from the first.
fn offset(at: usize, size: i32) -> i32 {
    i32::try_from(at).unwrap_or(i32::MAX / 64) * (size + GUTTER)
}

/// The stretches of neighbouring zones that an actor covers in a domain, from the top.
fn runs(at: usize, actor: &Actor, domain: Domain) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    for (row, zone) in Zone::ALL.into_iter().rev().enumerate() {
        if actor.cells.iter().any(|cell| cell.domain() == domain && cell.zone() == zone) {
            match runs.last_mut() {
                Some(run) if run.bottom + 1 == row => run.bottom = row,
                _ => runs.push(Run { actor: at, top: row, bottom: row, lane: 0, slot: 0 }),
            }
        }
    }
    runs
}

/// Gives each box of a domain its lane and slot, and says how many lanes there are.
///
/// Boxes over several zones come first, each in the leftmost lane that is free in all its rows. The others
/// fill what is left of their row, lane after lane.
fn place(runs: &mut [Run]) -> usize {
    let mut taken: Vec<[bool; 6]> = Vec::new();
    for run in runs.iter_mut().filter(|run| run.top != run.bottom) {
        let free = |lane: &[bool; 6]| lane[run.top..=run.bottom].iter().all(|taken| !taken);
        run.lane = taken.iter().position(free).unwrap_or_else(|| {
            taken.push([false; 6]);
            taken.len() - 1
        });
        taken[run.lane][run.top..=run.bottom].fill(true);
    }
    for row in 0..6 {
        let mut lane = 0;
        let mut slot = 0;
        let singles = runs.iter_mut().filter(|run| run.top == row && run.bottom == row);
        for run in singles {
            if slot == STACK {
                lane += 1;
                slot = 0;
            }
            while taken.get(lane).is_some_and(|taken| taken[row]) {
                lane += 1;
            }
            (run.lane, run.slot) = (lane, slot);
            slot += 1;
        }
        let used = runs.iter().filter(|run| run.top == row).map(|run| run.lane + 1).max().unwrap_or(0);
        if taken.len() < used {
            taken.extend(vec![[false; 6]; used - taken.len()]);
        }
    }
    taken.len()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::actors;

    #[test]
    fn keeps_every_box_inside_its_cells() {
        let layout = Layout::new(&actors::ALL, 5);
        for node in &layout.nodes {
            let actor = actors::ALL[node.actor];
            let column = Domain::ALL.iter().position(|domain| actor.in_domain(*domain)).unwrap();
            assert!(layout.columns[column] < node.rect.x, "{actor}");
            assert!(node.rect.right() < layout.columns[column + 1], "{actor}");
            let rows: Vec<usize> = (0..6).filter(|row| actor.in_zone(Zone::ALL[5 - row])).collect();
            assert!(layout.rows[rows[0]] < node.rect.y, "{actor}");
            assert!(node.rect.bottom() < layout.rows[rows[rows.len() - 1] + 1], "{actor}");
        }
    }

    #[test]
    fn leaves_room_between_all_boxes() {
        let layout = Layout::new(&actors::ALL, 5);
        for (at, one) in layout.nodes.iter().enumerate() {
            for other in &layout.nodes[at + 1..] {
                assert!(one.rect.distance(other.rect) >= GUTTER, "{one:?} {other:?}");
            }
        }
    }

    #[test]
    fn covers_neighbouring_zones_with_one_box() {
        let layout = Layout::new(&[&actors::DSO, &actors::MDC], 5);
        assert_eq!(layout.nodes.len(), 2);
        assert!(layout.nodes[0].rect.height > 2 * layout.nodes[1].rect.height);
    }
}
