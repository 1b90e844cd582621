//! Past errors in units of widths, their quantiles by volume class and horizon block, and how well those hold.

use super::scales::{FOLDS, Scales};
use super::{ConformalParameters, Coverage, NOMINAL, Observation};
use aisle_engine::distribution::{LEVELS, QUANTILES, QuantileBands, Spread, bands::MAX_CLASSES};
use std::collections::BTreeMap;

/// Lower and upper quantile of each, as indices into [`LEVELS`].
const ENDS: [(usize, usize); NOMINAL.len()] = [(5, 7), (3, 9), (2, 10), (1, 11), (0, 12)];
/// Fewest errors for a cell of class and block of its own, and for a class.
const FEWEST: (usize, usize) = (200, 50);

/// Errors in units of widths whose scales come from other folds.
pub(super) struct Errors<'a> {
    pub(super) seen: &'a [Observation],
    pub(super) volumes: &'a [f64],
    pub(super) folds: Vec<u8>,
    pub(super) scaled: Vec<f64>,
    /// Bands without quantiles: classes, blocks, factors.
    pub(super) blank: QuantileBands,
}

impl Errors<'_> {
    fn width(&self, o: &Observation, scale: f64) -> f64 {
        let spread =
            Spread { scale, volume: self.volumes[o.place()], factor: 1.0, event: o.event, non_negative: false };
        self.blank.width(o.forecast, &spread)
    }

    pub(super) fn scale(&mut self, scales: &Scales) {
        let scaled = |(o, fold): (&Observation, &u8)| {
            (o.actual - o.forecast) / self.width(o, scales.of(o.place(), Some(usize::from(*fold))))
        };
        self.scaled = self.seen.iter().zip(&self.folds).map(scaled).collect();
    }

    fn cell(&self, o: &Observation) -> (usize, usize) {
        let block = self.blank.through.partition_point(|through| *through <= o.step);
        (self.blank.class_of(self.volumes[o.place()]), block.min(self.blank.through.len() - 1))
    }

    /// Bands from all folds but one. A cell with few errors takes the block before it; a class with few, all classes.
    pub(super) fn bands(&self, left_out: Option<usize>, stretch: f64) -> QuantileBands {
        let (classes, blocks) = (self.blank.class_bounds.len() + 1, self.blank.through.len());
        let mut cells: Vec<Vec<f64>> = vec![Vec::new(); classes * blocks];
        for ((o, scaled), fold) in self.seen.iter().zip(&self.scaled).zip(&self.folds) {
            if Some(usize::from(*fold)) != left_out {
                let (class, block) = self.cell(o);
                cells[class * blocks + block].push(*scaled);
            }
        }
        cells.iter_mut().for_each(|cell| cell.sort_by(f64::total_cmp));
        let all = quantiles(&merged(&cells), stretch);
        let mut multiples = Vec::with_capacity(cells.len() * QUANTILES);
        for of_class in cells.chunks_exact(blocks) {
            let count: usize = of_class.iter().map(Vec::len).sum();
            let mut row = if count >= FEWEST.1 { quantiles(&merged(of_class), stretch) } else { all };
            for cell in of_class {
                if cell.len() >= FEWEST.0 {
                    row = quantiles(cell, stretch);
                }
                multiples.extend(row);
            }
        }
        QuantileBands { multiples, ..self.blank.clone() }
    }

    /// Errors of the sum of all series, per origin and step, in units of the sum of widths. There are few and they hang
    /// together, so that only their size is taken from them: the shape is normal.
    pub(super) fn total_bands(&self, scales: &[f64], stretch: f64) -> QuantileBands {
        let mut sums: BTreeMap<(u32, u16), (f64, f64, usize)> = BTreeMap::new();
        for o in self.seen {
            let sum = sums.entry((o.origin, o.step)).or_default();
            *sum = (sum.0 + o.actual - o.forecast, sum.1 + self.width(o, scales[o.place()]), sum.2 + 1);
        }
        // Sums of a sample of the series err by a larger share than sums of all.
        let most = sums.values().map(|sum| sum.2).max().unwrap_or(0);
        let whole = sums.values().filter(|sum| 2 * sum.2 > most && sum.1 > 0.0);
        let mut sizes: Vec<f64> = whole.map(|sum| (sum.0 / sum.1).abs()).collect();
        sizes.sort_by(f64::total_cmp);
        let normal = QuantileBands::normal();
        // Relative to the 90 % point, which is where four fifths of the sizes end.
        let size = if sizes.is_empty() { 1.0 } else { ranked(&sizes, 0.8) * stretch / f64::from(normal.multiples[9]) };
        let row = normal.multiples.iter().map(|multiple| (f64::from(*multiple) * size) as f32);
        let multiples = row.collect::<Vec<f32>>().repeat(self.blank.through.len());
        QuantileBands { class_bounds: Vec::new(), multiples, ..self.blank.clone() }
    }

    pub(super) fn coverage(&self, stretch: f64) -> Vec<Coverage> {
        let by_fold: Vec<QuantileBands> = (0..FOLDS).map(|fold| self.bands(Some(fold), stretch)).collect();
        let (classes, blocks) = (self.blank.class_bounds.len() + 1, self.blank.through.len());
        let mut counts = vec![(0, [0usize; NOMINAL.len()]); 2 + blocks + classes];
        for ((o, scaled), fold) in self.seen.iter().zip(&self.scaled).zip(&self.folds) {
            let (class, block) = self.cell(o);
            let multiples = by_fold[usize::from(*fold)].multiples(class, usize::from(o.step));
            let inside = ENDS.map(|(low, high)| multiples[low] <= *scaled && *scaled <= multiples[high]);
            let parts = [Some(0), Some(2 + block), Some(2 + blocks + class), o.event.then_some(1)];
            for part in parts.into_iter().flatten() {
                counts[part].0 += 1;
                counts[part].1.iter_mut().zip(inside).for_each(|(count, inside)| *count += usize::from(inside));
            }
        }
        let first = |block: usize| block.checked_sub(1).map_or(1, |before| self.blank.through[before] + 1);
        let steps = |block: usize| match self.blank.through[block] {
            u16::MAX => format!("steps {} on", first(block)),
            through => format!("steps {}-{through}", first(block)),
        };
        let names = ["all".to_owned(), "event".to_owned()]
            .into_iter()
            .chain((0..blocks).map(steps))
            .chain((0..classes).map(|class| format!("volume class {} of {classes}", class + 1)));
        let share = |count: usize, points: usize| count as f64 / points as f64;
        let told = names.zip(counts).filter(|(_, (points, _))| *points > 0);
        told.map(|(part, (points, inside))| Coverage {
            part,
            covered: inside.map(|n| share(n, points)),
            points: points as u64,
        })
        .collect()
    }
}

fn merged(cells: &[Vec<f64>]) -> Vec<f64> {
    let mut all = cells.concat();
    all.sort_by(f64::total_cmp);
    all
}

/// The conformal quantiles, rank (n + 1) p rounded outwards, stretched from the median; normal ones without errors.
fn quantiles(sorted: &[f64], stretch: f64) -> [f32; QUANTILES] {
    if sorted.is_empty() {
        return std::array::from_fn(|level| QuantileBands::normal().multiples[level]);
    }
    let middle = ranked(sorted, 0.5);
    let limit = f64::from(f32::MAX);
    LEVELS.map(|level| (middle + stretch * (ranked(sorted, level) - middle)).clamp(-limit, limit) as f32)
}

pub(super) fn ranked(sorted: &[f64], level: f64) -> f64 {
    let place = (sorted.len() + 1) as f64 * level;
    let rank = if level < 0.5 { place.floor() } else { place.ceil() };
    sorted[(rank as usize).clamp(1, sorted.len()) - 1]
}

/// Bands with classes and blocks, and a normal distribution in each.
pub(super) fn blank(volumes: &[f64], parameters: &ConformalParameters) -> QuantileBands {
    let mut sorted: Vec<f64> = volumes.iter().copied().filter(|v| *v > 0.0).collect();
    sorted.sort_by(f64::total_cmp);
    let classes = parameters.classes.clamp(1, MAX_CLASSES);
    let bound = |class: usize| sorted.get(class * sorted.len() / classes).map(|v| *v as f32);
    let mut class_bounds: Vec<f32> = (1..classes).filter_map(bound).filter(|b| b.is_finite()).collect();
    class_bounds.dedup();
    let mut through = parameters.through.clone();
    through.sort_unstable();
    through.dedup();
    if through.is_empty() {
        through.push(u16::MAX);
    }
    let normal = QuantileBands::normal();
    let multiples = normal.multiples.repeat((class_bounds.len() + 1) * through.len());
    QuantileBands { class_bounds, through, multiples, ..normal }
}
