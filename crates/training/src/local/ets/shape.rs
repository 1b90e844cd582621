//! The family: error, trend and season (Hyndman, Koehler, Ord and Snyder 2008, table 2.2 and 2.3).

/// How errors enter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum ErrorKind {
    /// Their spread is the same at every level.
    Additive,
    /// Their spread is proportional to the value expected; only for positive values.
    Multiplicative,
}

/// How the level moves.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum TrendKind {
    /// Not at all.
    None,
    /// By a slope that goes on.
    Additive,
    /// By a slope that fades.
    Damped,
}

/// How the season enters.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum SeasonKind {
    /// Not at all.
    None,
    /// Added to the level.
    Additive,
    /// Times the level; only for positive values.
    Multiplicative,
}

/// One member of the family.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub struct EtsShape {
    /// How errors enter.
    pub error: ErrorKind,
    /// How the level moves.
    pub trend: TrendKind,
    /// How the season enters.
    pub season: SeasonKind,
}

impl EtsShape {
    /// The members that can be told apart by likelihood without trouble: additive errors do not go with a multiplicative
    /// season. In the order in which they are tried, each near the one before it.
    pub fn all() -> impl Iterator<Item = Self> {
        let seasons = [SeasonKind::None, SeasonKind::Additive, SeasonKind::Multiplicative];
        let trends = [TrendKind::None, TrendKind::Damped, TrendKind::Additive];
        let errors = [ErrorKind::Additive, ErrorKind::Multiplicative];
        let shapes = seasons.into_iter().flat_map(move |season| {
            errors.into_iter().flat_map(move |error| trends.into_iter().map(move |trend| Self { error, trend, season }))
        });
        shapes.filter(|shape| !matches!((shape.error, shape.season), (ErrorKind::Additive, SeasonKind::Multiplicative)))
    }

    /// Whether it is meant for positive values only.
    pub fn needs_positive(self) -> bool {
        self.error == ErrorKind::Multiplicative || self.season == SeasonKind::Multiplicative
    }

    /// Whether there is a slope.
    pub fn has_trend(self) -> bool {
        self.trend != TrendKind::None
    }

    /// Whether there is a season.
    pub fn has_season(self) -> bool {
        self.season != SeasonKind::None
    }

    /// Number of fitted numbers with a season of that length: weights, damping, starting states and the error variance.
    pub fn parameters(self, season: usize) -> usize {
        let trend = match self.trend {
            TrendKind::None => 0,
            TrendKind::Additive => 2,
            TrendKind::Damped => 3,
        };
        3 + trend + if self.has_season() { season } else { 0 }
    }

    /// As it is written in the literature: `MAdA` for multiplicative error, damped trend, additive season.
    pub fn name(self) -> String {
        let error = if self.error == ErrorKind::Additive { "A" } else { "M" };
        let trend = match self.trend {
            TrendKind::None => "N",
            TrendKind::Additive => "A",
            TrendKind::Damped => "Ad",
        };
        let season = match self.season {
            SeasonKind::None => "N",
            SeasonKind::Additive => "A",
            SeasonKind::Multiplicative => "M",
        };
        format!("{error}{trend}{season}")
    }
}
