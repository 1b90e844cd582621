//! Planners' overrides of forecasts: what there are, what one would change, what they were worth.

use super::{Answer, ShopView, Visitor};
use aisle_domain::overrides::{Amount, Change, Effect, NewOverride, OverrideState, Scope};
use aisle_domain::query_string::pairs;
use aisle_domain::{Day, ItemId, LocationId, Measure, OverrideId, Problem, ProblemCode};
use serde::{Deserialize, Serialize};

/// An override as typed into a form, an address or a document: every field a text, empty where nothing was said.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct OverrideDraft {
    /// `revenue`, `quantity`; empty: all of them.
    pub measure: String,
    /// Identifier of a location.
    pub location: String,
    /// Name of a region.
    pub region: String,
    /// Identifier of an item.
    pub item: String,
    /// Name of a category.
    pub category: String,
    /// `set`, `add`, `percent`.
    pub change: String,
    /// Its number.
    pub value: String,
    /// `per_period`, `together`.
    pub amount: String,
    /// First day concerned, YYYY-MM-DD.
    pub first: String,
    /// Last day concerned.
    pub last: String,
    /// Why.
    pub reason: String,
    /// Last day on which it is applied; empty: for ever.
    pub expires: String,
}

impl OverrideDraft {
    /// Reads the fields of a query string; others are passed over.
    pub fn from_query(query: &str) -> Self {
        let mut draft = Self::default();
        for (name, value) in pairs(query) {
            let field = match name.as_str() {
                "measure" => &mut draft.measure,
                "location" => &mut draft.location,
                "region" => &mut draft.region,
                "item" => &mut draft.item,
                "category" => &mut draft.category,
                "change" => &mut draft.change,
                "value" => &mut draft.value,
                "amount" => &mut draft.amount,
                "first" => &mut draft.first,
                "last" => &mut draft.last,
                "reason" => &mut draft.reason,
                "expires" => &mut draft.expires,
                _ => continue,
            };
            *field = value;
        }
        draft
    }

    /// What it says.
    ///
    /// # Errors
    /// A problem that names the field that cannot be read.
    pub fn read(&self) -> Answer<NewOverride> {
        let wrong = |field: &str, detail: String| Problem::new(ProblemCode::Invalid, detail).with_field(field);
        let day = |field: &str, text: &str| Day::parse(text.trim()).map_err(|error| wrong(field, error.to_string()));
        let given = |text: &str| (!text.trim().is_empty()).then(|| text.trim().to_owned());
        let measure = given(&self.measure).map(|word| {
            Measure::parse(&word)
                .ok_or_else(|| wrong("measure", format!("{word:?} is not a measure; expected revenue or quantity")))
        });
        let location = given(&self.location).map(LocationId::new).transpose();
        let item = given(&self.item).map(ItemId::new).transpose();
        let scope = Scope {
            location: location.map_err(|error| wrong("location", error.to_string()))?,
            region: given(&self.region),
            item: item.map_err(|error| wrong("item", error.to_string()))?,
            category: given(&self.category),
        };
        let value = self.value.trim();
        let number: f64 = value
            .parse()
            .map_err(|_| wrong("value", format!("{value:?} is not a number; expected one such as 150 or -12.5")))?;
        let amount = match given(&self.amount) {
            None => Amount::default(),
            Some(word) => Amount::parse(&word)
                .ok_or_else(|| wrong("amount", format!("{word:?} is unknown; expected per_period or together")))?,
        };
        Ok(NewOverride {
            measure: measure.transpose()?,
            scope,
            change: Change::read(self.change.trim(), number)?,
            amount,
            periods: (day("first", &self.first)?, day("last", &self.last)?),
            reason: self.reason.clone(),
            expires: given(&self.expires).map(|text| day("expires", &text)).transpose()?,
        })
    }
}

/// An override, as shown.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct OverrideView {
    /// Identifier.
    pub id: OverrideId,
    /// The measure; `None`: all of them.
    pub measure: Option<Measure>,
    /// What it is about.
    pub scope: Scope,
    /// The same in words: `Bread at North`, `everything`.
    pub about: String,
    /// What it does.
    pub change: Change,
    /// What its amount is counted for.
    pub amount: Amount,
    /// First and last day concerned.
    pub periods: (Day, Day),
    /// Why.
    pub reason: String,
    /// Who made it.
    pub author: String,
    /// When, in microseconds since 1970 UTC.
    pub created_at: i64,
    /// Last day on which it is applied.
    pub expires: Option<Day>,
    /// Where it stands.
    pub state: OverrideState,
    /// When it was withdrawn, in microseconds since 1970 UTC, and by whom.
    pub withdrawn: Option<(i64, String)>,
    /// What it changed when it was made, in the measure asked for.
    pub effect: Option<Effect>,
    /// What it was worth; `None` where no period concerned has come yet.
    pub worth: Option<Worth>,
}

/// What overrides were worth, by what has come since.
#[derive(Debug, Clone, Copy, Default, PartialEq, Serialize, Deserialize)]
pub struct Worth {
    /// Periods compared.
    pub periods: u64,
    /// Sum of absolute errors with the override, in major units.
    pub error_with: f64,
    /// The same without it.
    pub error_without: f64,
}

impl Worth {
    /// By which share the error is smaller with it; negative where it did harm, `None` where there was no error to take away.
    pub fn better(&self) -> Option<f64> {
        (self.error_without > 0.0).then(|| 1.0 - self.error_with / self.error_without)
    }

    /// The two together.
    #[must_use]
    pub fn and(self, other: Self) -> Self {
        Self {
            periods: self.periods + other.periods,
            error_with: self.error_with + other.error_with,
            error_without: self.error_without + other.error_without,
        }
    }
}

/// What one author's overrides were worth.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct AuthorWorth {
    /// Who.
    pub author: String,
    /// Overrides measured.
    pub overrides: u64,
    /// Their worth.
    pub worth: Worth,
}

/// The page of overrides.
#[derive(Debug, Clone, PartialEq)]
pub struct OverridesView {
    /// The shop.
    pub shop: ShopView,
    /// The measure of effects and worth.
    pub measure: Measure,
    /// Regions that locations name.
    pub regions: Vec<String>,
    /// Last days of the first and the last period forecast; `None`: nothing was trained yet.
    pub forecast: Option<(Day, Day)>,
    /// Overrides, newest first.
    pub overrides: Vec<OverrideView>,
    /// Pass it as `after` for older ones.
    pub next: Option<String>,
    /// Worth by author over all that could be measured, the most overrides first.
    pub authors: Vec<AuthorWorth>,
    /// A name for the next request to make an override: sent twice, it makes one.
    pub request: String,
}

/// Overrides.
#[async_trait::async_trait]
pub trait OverrideDesk: Send + Sync {
    /// Those in a state (any, where none is named), older than `after`; effects and worth in a measure (the shop's first).
    async fn overrides(
        &self,
        measure: Option<Measure>,
        state: Option<OverrideState>,
        after: Option<&str>,
    ) -> Answer<OverridesView>;
    /// What a draft would change, for each measure concerned. The reason may be missing still.
    async fn preview(&self, draft: &OverrideDraft) -> Answer<Vec<Effect>>;
    /// Makes it. The same request again gives the one that it made.
    async fn make_override(&self, by: &Visitor, draft: &OverrideDraft, request: &str) -> Answer<OverrideView>;
    /// Takes one back.
    async fn withdraw_override(&self, by: &Visitor, id: &OverrideId) -> Answer<OverrideView>;
}

#[cfg(test)]
mod tests {
    use super::*;

    fn draft() -> OverrideDraft {
        OverrideDraft::from_query(
            "?measure=quantity&location=north&item=bread&change=percent&value=12.5&first=2026-12-01&last=2026-12-31\
             &reason=a+fair&amount=&unheard=of",
        )
    }

    #[test]
    fn a_draft_says_what_was_typed() {
        let read = draft().read().unwrap();
        assert_eq!(read.scope.labels(), [("location", "north"), ("item", "bread")]);
        assert_eq!(
            (read.change, read.amount, read.reason.as_str()),
            (Change::Percent(12.5), Amount::PerPeriod, "a fair")
        );
        assert_eq!((read.measure, read.expires), (Some(Measure::Quantity), None));
    }

    #[test]
    fn a_field_that_cannot_be_read_is_named() {
        let field = |spoil: fn(&mut OverrideDraft)| {
            let mut draft = draft();
            spoil(&mut draft);
            draft.read().unwrap_err().field.unwrap()
        };
        assert_eq!(field(|d| d.measure = "weight".to_owned()), "measure");
        assert_eq!(field(|d| d.change = "double".to_owned()), "change");
        assert_eq!(field(|d| d.value = "much".to_owned()), "value");
        assert_eq!(field(|d| d.value = "NaN".to_owned()), "value");
        assert_eq!(field(|d| d.amount = "each".to_owned()), "amount");
        assert_eq!(field(|d| d.first = String::new()), "first");
        assert_eq!(field(|d| d.last = "2026-02-30".to_owned()), "last");
        assert_eq!(field(|d| d.expires = "never".to_owned()), "expires");
    }

    #[test]
    fn worth_adds_up() {
        let one = Worth { periods: 2, error_with: 5.0, error_without: 10.0 };
        assert_eq!(one.better(), Some(0.5));
        assert_eq!(one.and(one), Worth { periods: 4, error_with: 10.0, error_without: 20.0 });
        assert_eq!(Worth::default().better(), None);
    }
}
