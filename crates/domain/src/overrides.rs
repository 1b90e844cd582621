//! Planners' overrides of a forecast: for which part of the shop and which periods, by how much, why, until when.
//!
//! An override is kept as it was made. It ends by its last day in force or by being withdrawn, and stays on record either
//! way, with what it changed on the day it was made, so that its worth can be measured when the sales are known.

use crate::{Day, ItemId, LocationId, Measure, OverrideId, Problem, ProblemCode, SeriesKey, UserId};
use serde::{Deserialize, Serialize};

/// Longest reason, in characters.
pub const MAX_REASON_CHARS: usize = 500;

/// A part of the shop: the series that fit everything that is named. Nothing named: all of them.
#[derive(Debug, Clone, Default, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(default)]
pub struct Scope {
    /// One location.
    pub location: Option<LocationId>,
    /// Locations of one region.
    pub region: Option<String>,
    /// One item.
    pub item: Option<ItemId>,
    /// Items of one category.
    pub category: Option<String>,
}

impl Scope {
    /// One series.
    pub fn series(key: &SeriesKey) -> Self {
        Self { location: Some(key.location.clone()), item: Some(key.item.clone()), ..Self::default() }
    }

    /// What is named, as attribute and label: `[("region", "North")]`. The attributes are those of a level of the hierarchy.
    pub fn labels(&self) -> Vec<(&'static str, &str)> {
        let all = [
            ("location", self.location.as_ref().map(LocationId::as_str)),
            ("region", self.region.as_deref()),
            ("item", self.item.as_ref().map(ItemId::as_str)),
            ("category", self.category.as_deref()),
        ];
        all.into_iter().filter_map(|(name, label)| label.map(|label| (name, label))).collect()
    }
}

/// The kinds of change. Amounts are in the measure's major unit.
#[derive(Debug, Clone, Copy, PartialEq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Change {
    /// The forecast becomes this.
    Set(f64),
    /// This is added; negative to take away.
    Add(f64),
    /// The forecast grows by so many percent; -100 or more.
    Percent(f64),
}

impl Change {
    /// A change from its word and its number.
    ///
    /// # Errors
    /// A problem that names the field: `change` for an unknown word, `value` for a number that the change does not take.
    pub fn read(word: &str, value: f64) -> Result<Self, Problem> {
        let wrong = |field: &str, detail: &str| Err(Problem::new(ProblemCode::Invalid, detail).with_field(field));
        if !value.is_finite() || value.abs() > 1e15 {
            return wrong("value", "the number is out of range; expected one of at most 15 digits");
        }
        match word {
            "set" if value < 0.0 => wrong("value", "a forecast cannot be set below zero; give 0 or more"),
            "set" => Ok(Self::Set(value)),
            "add" => Ok(Self::Add(value)),
            "percent" if value < -100.0 => {
                wrong("value", "a forecast cannot fall by more than 100 %; give -100 or more")
            }
            "percent" => Ok(Self::Percent(value)),
            _ => wrong("change", "expected set, add or percent"),
        }
    }

    /// Its word.
    pub fn name(self) -> &'static str {
        match self {
            Self::Set(_) => "set",
            Self::Add(_) => "add",
            Self::Percent(_) => "percent",
        }
    }

    /// Its number.
    pub fn value(self) -> f64 {
        match self {
            Self::Set(value) | Self::Add(value) | Self::Percent(value) => value,
        }
    }
}

/// What an amount is counted for.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Amount {
    /// Each period by itself.
    #[default]
    PerPeriod,
    /// All periods concerned together; split among them by their forecasts.
    Together,
}

impl Amount {
    /// Its word.
    pub fn name(self) -> &'static str {
        match self {
            Self::PerPeriod => "per_period",
            Self::Together => "together",
        }
    }

    /// Reads the word.
    pub fn parse(word: &str) -> Option<Self> {
        [Self::PerPeriod, Self::Together].into_iter().find(|amount| amount.name() == word)
    }
}

/// What a planner asks for.
#[derive(Debug, Clone, PartialEq)]
pub struct NewOverride {
    /// The measure concerned; all of them where `None`, which only a change in percent can be.
    pub measure: Option<Measure>,
    /// The series concerned.
    pub scope: Scope,
    /// What is done.
    pub change: Change,
    /// Whether amounts are per period or for all periods together.
    pub amount: Amount,
    /// First and last day concerned: periods whose last day lies between, inclusive.
    pub periods: (Day, Day),
    /// Why.
    pub reason: String,
    /// Last day on which it is applied; for ever where `None`.
    pub expires: Option<Day>,
}

impl NewOverride {
    /// Checks what can be checked without knowing the shop; the reason is trimmed.
    ///
    /// # Errors
    /// A problem that names the field.
    pub fn checked(mut self, today: Day) -> Result<Self, Problem> {
        let wrong = |field: &str, detail: String| Err(Problem::new(ProblemCode::Invalid, detail).with_field(field));
        self.reason = self.reason.trim().to_owned();
        let length = self.reason.chars().count();
        if length == 0 || length > MAX_REASON_CHARS {
            return wrong("reason", format!("say why, in 1 to {MAX_REASON_CHARS} characters; found {length}"));
        }
        if self.periods.1 < self.periods.0 {
            let (first, last) = self.periods;
            return wrong("last", format!("the last day, {last}, lies before the first, {first}"));
        }
        if let Some(expires) = self.expires.filter(|expires| *expires < today) {
            return wrong("expires", format!("{expires} has passed; leave it empty or name {today} or a later day"));
        }
        if self.measure.is_none() && !matches!(self.change, Change::Percent(_)) {
            return wrong(
                "measure",
                "an amount is in one measure; name it, or change the forecast by percent".to_owned(),
            );
        }
        Change::read(self.change.name(), self.change.value())?;
        Ok(self)
    }
}

/// What an override changed when it was made, in one measure: sums over its series.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Effect {
    /// The measure.
    pub measure: Measure,
    /// Series concerned.
    pub series: u64,
    /// Last days of the periods concerned.
    pub days: Vec<Day>,
    /// What was forecast of each, other overrides included, in major units.
    pub before: Vec<f64>,
    /// What is forecast with it.
    pub after: Vec<f64>,
}

/// An override as it is kept.
#[derive(Debug, Clone, PartialEq)]
pub struct ForecastOverride {
    /// Identifier (ascending in time).
    pub id: OverrideId,
    /// What was asked for.
    pub asked: NewOverride,
    /// Who asked.
    pub author: UserId,
    /// Their name at the time.
    pub author_name: String,
    /// When, in microseconds since 1970 UTC.
    pub created_at: i64,
    /// What it changed then, for each measure concerned.
    pub effects: Vec<Effect>,
    /// When it was withdrawn, in microseconds since 1970 UTC, and by whom.
    pub withdrawn: Option<(i64, String)>,
}

/// Where an override stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OverrideState {
    /// It is applied.
    Active,
    /// Its last day in force has passed.
    Expired,
    /// Somebody took it back.
    Withdrawn,
}

impl OverrideState {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::Active, Self::Expired, Self::Withdrawn];

    /// The word shown and asked for.
    pub fn name(self) -> &'static str {
        match self {
            Self::Active => "active",
            Self::Expired => "expired",
            Self::Withdrawn => "withdrawn",
        }
    }

    /// Reads the word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|state| state.name() == word)
    }
}

impl ForecastOverride {
    /// Where it stands on a day.
    pub fn state(&self, today: Day) -> OverrideState {
        match (&self.withdrawn, self.asked.expires) {
            (Some(_), _) => OverrideState::Withdrawn,
            (None, Some(expires)) if expires < today => OverrideState::Expired,
            _ => OverrideState::Active,
        }
    }

    /// Whether it is about this measure.
    pub fn concerns(&self, measure: Measure) -> bool {
        self.asked.measure.is_none_or(|own| own == measure)
    }

    /// What it changed in a measure.
    pub fn effect(&self, measure: Measure) -> Option<&Effect> {
        self.effects.iter().find(|effect| effect.measure == measure)
    }

    /// Last day that it was in force, where that has ended or will.
    pub fn ends(&self) -> Option<Day> {
        const MICROS_A_DAY: i64 = 86_400_000_000;
        let withdrawn = self.withdrawn.as_ref().map(|(at, _)| at.div_euclid(MICROS_A_DAY));
        let withdrawn = withdrawn.map(|days| Day::from_epoch_days(i32::try_from(days).unwrap_or(i32::MAX)));
        match (withdrawn, self.asked.expires) {
            (Some(withdrawn), Some(expires)) => Some(withdrawn.min(expires)),
            (withdrawn, expires) => withdrawn.or(expires),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn day(text: &str) -> Day {
        Day::parse(text).unwrap_or_else(|error| panic!("{error}"))
    }

    fn asked() -> NewOverride {
        NewOverride {
            measure: Some(Measure::Quantity),
            scope: Scope::default(),
            change: Change::Percent(10.0),
            amount: Amount::PerPeriod,
            periods: (day("2026-12-01"), day("2026-12-31")),
            reason: " a new shop opens ".to_owned(),
            expires: None,
        }
    }

    #[test]
    fn what_cannot_be_is_refused_by_field() {
        let today = day("2026-11-21");
        assert_eq!(asked().checked(today).map(|new| new.reason), Ok("a new shop opens".to_owned()));
        let field = |spoil: fn(&mut NewOverride)| {
            let mut new = asked();
            spoil(&mut new);
            new.checked(today).err().and_then(|problem| problem.field)
        };
        assert_eq!(field(|new| new.reason = "  ".to_owned()).as_deref(), Some("reason"));
        assert_eq!(field(|new| new.reason = "x".repeat(501)).as_deref(), Some("reason"));
        assert_eq!(field(|new| new.periods.1 = day("2026-11-30")).as_deref(), Some("last"));
        assert_eq!(field(|new| new.expires = Some(day("2026-11-20"))).as_deref(), Some("expires"));
        assert_eq!(field(|new| new.change = Change::Percent(-101.0)).as_deref(), Some("value"));
        assert_eq!(field(|new| new.change = Change::Set(f64::NAN)).as_deref(), Some("value"));
        assert_eq!(field(|new| (new.measure, new.change) = (None, Change::Add(1.0))).as_deref(), Some("measure"));
        assert_eq!(field(|new| new.measure = None), None);
        assert!(Change::read("double", 2.0).is_err());
    }

    #[test]
    fn an_override_ends_by_its_day_or_by_being_withdrawn() {
        let (id, author) = (OverrideId::new("1").unwrap(), UserId::new("ada").unwrap());
        let kept = |expires, withdrawn| ForecastOverride {
            id: id.clone(),
            asked: NewOverride { expires, ..asked() },
            author: author.clone(),
            author_name: "Ada".to_owned(),
            created_at: 0,
            effects: Vec::new(),
            withdrawn,
        };
        let today = day("2026-11-21");
        assert_eq!(kept(None, None).state(today), OverrideState::Active);
        assert_eq!(kept(Some(today), None).state(today), OverrideState::Active);
        assert_eq!(kept(Some(today.plus(-1)), None).state(today), OverrideState::Expired);
        let withdrawn = kept(Some(today.plus(-1)), Some((86_400_000_000, "Bo".to_owned())));
        assert_eq!(withdrawn.state(today), OverrideState::Withdrawn);
        assert_eq!(withdrawn.ends(), Some(day("1970-01-02")));
    }
}
