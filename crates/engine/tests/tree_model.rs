//! Facts about the global model: its rows under a scenario, its forecasts, what it refuses.
#![expect(clippy::unwrap_used, reason = "tests state facts; a wrong one may panic")]

use aisle_domain::{Day, Granularity, LocationId, Weekday};
use aisle_engine::trees::{
    Ensemble, EnsembleParts, FeatureSource, Halves, Link, Part, TreeBlock, TreeContext, TreeModel, TreeNode, TreePlan,
    TreeSeries,
};
use aisle_engine::{Driver, DriverKind, EventModel, LocationDrivers, Occurrence, Scenario, Transform};

const HORIZON: usize = 6;

struct Made {
    drivers: Vec<Driver>,
    events: Vec<EventModel>,
    locations: Vec<LocationDrivers>,
    through: Day,
}

impl Made {
    fn new() -> Self {
        let through = Day::parse("2011-10-28").unwrap();
        let driver = |name: &str, kind, transform| Driver { name: name.to_owned(), kind, transform, scale: 2.0 };
        let fair = Occurrence { first: through.plus(15), last: through.plus(15), location: None };
        let location = |name: &str| LocationDrivers {
            location: LocationId::new(name).unwrap(),
            values: [[4.0_f32; HORIZON], [3.0; HORIZON]].concat(),
            reference: vec![0.0, 1.0],
        };
        Self {
            drivers: vec![
                driver("Markdown", DriverKind::Promotion, Transform::Log1p),
                driver("Fuel", DriverKind::Other, Transform::Linear),
            ],
            events: vec![EventModel { name: "Fair".to_owned(), before: 1, after: 1, occurrences: vec![fair] }],
            locations: vec![location("1"), location("2")],
            through,
        }
    }

    fn context(&self) -> TreeContext<'_> {
        TreeContext {
            granularity: Granularity::Week { ends: Weekday::Friday },
            trained_through: self.through,
            horizon: HORIZON,
            drivers: &self.drivers,
            events: &self.events,
            locations: &self.locations,
        }
    }
}

/// Adds 1 where the feature is above the threshold.
fn step_up(feature: u16, threshold: f32, link: Link) -> Ensemble {
    let mut parts = EnsembleParts { features: 6, link, ..EnsembleParts::default() };
    parts.push(&[
        TreeNode::Numeric { feature, threshold, missing_left: true, left: 1, right: 2 },
        TreeNode::Leaf { value: 0.0, cover: 3 },
        TreeNode::Leaf { value: 1.0, cover: 1 },
    ]);
    Ensemble::new(parts).unwrap()
}

fn model(blocks: Vec<(u16, Ensemble)>) -> TreeModel {
    TreeModel {
        features: vec![
            FeatureSource::Fixed { name: "mean".to_owned() },
            FeatureSource::Path { name: "last year".to_owned() },
            FeatureSource::Step,
            FeatureSource::Event(0),
            FeatureSource::Driver(0),
            FeatureSource::Driver(1),
        ],
        blocks: blocks.into_iter().map(|(through, ensemble)| TreeBlock { through, ensemble }).collect(),
    }
}

fn series() -> TreeSeries {
    TreeSeries {
        location: 1,
        scale: 10.0,
        non_negative: true,
        fixed: Halves::new(&[0.5]),
        paths: Halves::new(&[1.0, 2.0, 3.0, 4.0, 5.0, f32::NAN]),
        reference: Halves::new(&[1.0; HORIZON]),
    }
}

fn row(query: &str, step: usize) -> Vec<f32> {
    let (made, model) = (Made::new(), model(vec![(99, step_up(0, 0.0, Link::Identity))]));
    let plan = TreePlan::new(&model, &made.context(), &Scenario::from_query(query).unwrap()).unwrap();
    let mut row = vec![0.0; 6];
    model.fill(&plan, &series(), step, &mut row);
    row
}

#[test]
fn a_row_holds_history_step_calendar_and_drivers() {
    let promoted = (4.0_f64 / 2.0).ln_1p() as f32;
    assert_eq!(row("", 1), [0.5, 2.0, 2.0, -1.0, promoted, 1.0]);
    assert_eq!(row("", 2)[3], 6.0);
    assert!(row("", 5)[1].is_nan());
}

#[test]
fn a_scenario_changes_what_it_names() {
    assert_eq!(row("event.Fair=-7", 1)[3], 6.0);
    assert!(row("event.Fair=cancelled", 1)[3].is_nan());
    assert_eq!(row("markdown=0", 1)[4], 0.0);
    assert_eq!(row("driver.Fuel=1,2", 1)[5], 2.0);
}

#[test]
fn each_step_has_its_block_and_the_last_serves_the_rest() {
    let made = Made::new();
    let blocks = vec![(2, step_up(2, 1.0, Link::Identity)), (4, step_up(2, 99.0, Link::Identity))];
    let model = model(blocks);
    let plan = TreePlan::new(&model, &made.context(), &Scenario::default()).unwrap();
    assert_eq!(model.forecast(&plan, &series()), [10.0, 20.0, 10.0, 10.0, 10.0, 10.0]);
    let grown = TreePlan::new(&model, &made.context(), &Scenario { growth: 2.0, ..Scenario::default() }).unwrap();
    assert_eq!(model.forecast(&grown, &series())[1], 40.0);
}

#[test]
fn a_logarithmic_link_forecasts_factors_of_the_scale() {
    let made = Made::new();
    let model = model(vec![(99, step_up(4, 0.5, Link::Exp))]);
    let forecast = |query| {
        let plan = TreePlan::new(&model, &made.context(), &Scenario::from_query(query).unwrap()).unwrap();
        model.forecast(&plan, &TreeSeries { reference: Halves::default(), ..series() })[0]
    };
    assert!((forecast("") - 10.0 * 1.0_f64.exp()).abs() < 1e-9);
    assert_eq!(forecast("markdown=0"), 10.0);
}

#[test]
fn parts_add_up_to_the_score() {
    let made = Made::new();
    let model = model(vec![(99, step_up(4, 0.5, Link::Identity))]);
    let plan = TreePlan::new(&model, &made.context(), &Scenario::default()).unwrap();
    let (mean, parts) = model.contributions(&plan, &series(), 0, &made.drivers);
    assert_eq!(mean, 0.25);
    let promotion = parts.iter().find(|(part, _)| *part == Part::Promotion).unwrap().1;
    assert!((promotion - 0.75).abs() < 1e-12);
    assert!((mean + parts.iter().map(|(_, value)| value).sum::<f64>() - 1.0).abs() < 1e-12);
}

#[test]
fn model_and_series_survive_their_bytes() {
    let model = model(vec![(2, step_up(2, 1.0, Link::Identity)), (9, step_up(1, 1.0, Link::Identity))]);
    let bytes = postcard::to_allocvec(&(&model, series())).unwrap();
    let (read, read_series): (TreeModel, TreeSeries) = postcard::from_bytes(&bytes).unwrap();
    assert_eq!(read, model);
    assert_eq!(read_series, series());
}

#[test]
fn what_does_not_fit_the_artefact_is_refused() {
    let made = Made::new();
    let refused = |spoil: fn(&mut TreeModel)| {
        let mut model = model(vec![(4, step_up(0, 0.0, Link::Identity))]);
        spoil(&mut model);
        TreePlan::new(&model, &made.context(), &Scenario::default()).is_err()
    };
    assert!(!refused(|_| {}));
    assert!(refused(|model| model.features[3] = FeatureSource::Event(1)));
    assert!(refused(|model| model.features[4] = FeatureSource::Driver(2)));
    assert!(refused(|model| model.features.truncate(5)));
    assert!(refused(|model| model.blocks.clear()));
    let odd = TreeSeries { location: 7, paths: Halves::default(), fixed: Halves::default(), ..series() };
    let model = model(vec![(4, step_up(5, 0.0, Link::Identity))]);
    let plan = TreePlan::new(&model, &made.context(), &Scenario::default()).unwrap();
    assert!(model.forecast(&plan, &odd).iter().all(|value| value.is_finite()));
}
