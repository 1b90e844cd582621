//! What each feature adds to a score: the Shapley values of the trees, path-dependent as in TreeSHAP (Lundberg et al.,
//! 2018), in time linear in the nodes.
//!
//! For a leaf of value v, let z be the share of training rows that a feature's splits on the path let through, and o be 1
//! where the row itself passes them, else 0. By Owen's multilinear extension the feature's share of the leaf is
//! v (o - z) times the integral over t in 0..1 of the product of (o' t + z' (1 - t)) over the path's other features: a
//! polynomial, which Gauss-Legendre nodes integrate exactly. Products at the nodes are carried down the tree and their sums
//! over leaves carried up (the idea of Linear TreeSHAP, Yu et al., 2022), so that each split is visited once per row.

use super::Ensemble;
use super::ensemble::Kind;

/// What is kept of a feature along the path.
#[derive(Clone, Copy)]
struct Passed {
    share: f64,
    row: f64,
}

const UNSPLIT: Passed = Passed { share: 1.0, row: 1.0 };

impl Passed {
    fn factor(self, t: f64) -> f64 {
        self.row * t + self.share * (1.0 - t)
    }
}

struct Walk<'a> {
    ensemble: &'a Ensemble,
    row: &'a [f32],
    out: &'a mut [f64],
    /// Per feature, its state along the present path.
    passed: Vec<Passed>,
    /// Per level, the product of all factors at the nodes.
    products: Vec<f64>,
    /// Per level, the sum over the leaves below of value times product.
    sums: Vec<f64>,
}

impl Ensemble {
    /// What each feature adds to the raw score of a row: `out` gets one number per feature and is filled with zeros
    /// first. Returns what is left, the mean score over the training rows: it and `out` add up to
    /// [`score`](Ensemble::score), within 1e-9 of the sum of the leaves' sizes.
    pub fn contributions(&self, row: &[f32], out: &mut [f64]) -> f64 {
        out.fill(0.0);
        let points = self.quadrature.nodes.len();
        let mut walk = Walk {
            ensemble: self,
            row,
            out,
            passed: vec![UNSPLIT; self.features()],
            products: vec![1.0; points * (self.depth + 1)],
            sums: vec![0.0; points * (self.depth + 1)],
        };
        for root in &self.roots {
            walk.visit(*root, 0);
        }
        self.expectation
    }
}

impl Walk<'_> {
    /// Leaves the sums of the leaves below `at` in the sums of its level. As deep as trees are: 64 levels at most.
    fn visit(&mut self, at: u32, level: usize) {
        let points = self.ensemble.quadrature.nodes.len();
        let here = level * points..(level + 1) * points;
        let split = self.ensemble.nodes[at as usize];
        if split.kind == Kind::Leaf {
            let value = f64::from(split.threshold);
            for point in here {
                self.sums[point] = value * self.products[point];
            }
            return;
        }
        self.sums[here.clone()].fill(0.0);
        let feature = usize::from(split.feature);
        let goes = usize::from(!self.ensemble.goes_left(at, self.row));
        let left_share = self.ensemble.left_shares[at as usize];
        let before = self.passed[feature];
        let below = here.end;
        for (side, child) in [split.child, split.child + 1].into_iter().enumerate() {
            let share = if side == 0 { left_share } else { 1.0 - left_share };
            let now =
                Passed { share: (before.share * share).max(1e-290), row: if side == goes { before.row } else { 0.0 } };
            for (point, t) in self.ensemble.quadrature.nodes.iter().enumerate() {
                self.products[below + point] = self.products[here.start + point] / before.factor(*t) * now.factor(*t);
            }
            self.passed[feature] = now;
            self.visit(child, level + 1);
            let mut added = 0.0;
            for (point, (t, weight)) in
                self.ensemble.quadrature.nodes.iter().zip(&self.ensemble.quadrature.weights).enumerate()
            {
                let sum = self.sums[below + point];
                self.sums[here.start + point] += sum;
                // What an earlier split by the same feature claims of these leaves is taken back: UNSPLIT claims none.
                let claim = (now.row - now.share) / now.factor(*t) - (before.row - before.share) / before.factor(*t);
                added += weight * claim * sum;
            }
            if let Some(place) = self.out.get_mut(feature) {
                *place += added;
            }
        }
        self.passed[feature] = before;
    }
}
