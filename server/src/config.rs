//! How the program runs: flags over environment (`AISLE_*`) over `aisle.toml` over defaults.

mod spelling;

use aisle_domain::Territory;
use figment::Figment;
use figment::providers::{Env, Format, Serialized, Toml};
use serde::{Deserialize, Serialize};
use spelling::{UnknownSetting, first_unknown};
use std::net::SocketAddr;
use std::path::{Path, PathBuf};

/// Begins the names of environment variables that are settings.
const PREFIX: &str = "AISLE_";
/// Variables of that prefix that are no settings: they steer tests, builds and the first administrator.
const NO_SETTINGS: [&str; 4] = ["admin_password", "test_data", "target_dir", "charts_js"];

/// The effective configuration.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub(crate) struct Config {
    /// Address that the server listens on; port 0 takes a free one.
    pub(crate) listen: SocketAddr,
    /// Folder of everything that is kept: state, facts, uploads.
    pub(crate) data_dir: PathBuf,
    /// Database of the state; empty: SQLite in the data folder.
    pub(crate) database_url: String,
    /// Folder of the built pages' assets; empty: `site` beside the program.
    pub(crate) site_dir: PathBuf,
    /// Address that users see, such as `https://aisle.example`; with https, cookies are marked secure.
    pub(crate) public_url: String,
    /// Log filter, as `info` or `aisle_server=debug,info`.
    pub(crate) log: String,
    /// Log lines as JSON.
    pub(crate) log_json: bool,
    /// Job workers in `aisle serve`; 0 leaves the work to `aisle work`.
    pub(crate) workers: usize,
    /// Threads that draw charts.
    pub(crate) drawing_threads: usize,
    /// Largest upload, in megabytes.
    pub(crate) max_upload_mb: u64,
    /// Longest time for a request other than an upload, in seconds.
    pub(crate) request_timeout_s: u64,
    /// Hours without a request after which a session ends.
    pub(crate) session_hours: u32,
    /// Whether to believe `X-Forwarded-For` (only behind a proxy that sets it).
    pub(crate) trust_forwarded: bool,
    /// Whether to load the simulated shop when nothing was imported.
    pub(crate) demo: bool,
    /// Countries whose holidays count until the settings page chooses others: codes such as `US` or `DE-BY`, apart by
    /// commas; empty: the data's events alone.
    pub(crate) countries: String,
}

impl Default for Config {
    fn default() -> Self {
        Self {
            listen: SocketAddr::from(([127, 0, 0, 1], 3000)),
            data_dir: PathBuf::from("data"),
            database_url: String::new(),
            site_dir: PathBuf::new(),
            public_url: String::new(),
            log: "warn,aisle_server=info".to_owned(),
            log_json: false,
            workers: 1,
            drawing_threads: 1,
            max_upload_mb: 4_096,
            request_timeout_s: 30,
            session_hours: 12,
            trust_forwarded: false,
            demo: true,
            countries: String::new(),
        }
    }
}

/// Why there is no usable configuration.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ConfigError {
    /// A source could not be read, or a value is not what the field takes.
    #[error("configuration: {0}; see `aisle config --help` for the fields")]
    Unreadable(#[source] Box<figment::Error>),
    /// A variable or a field that nobody knows.
    #[error("configuration: {0}")]
    Unknown(#[from] UnknownSetting),
    /// A country that nobody knows.
    #[error("configuration: countries: {0}")]
    Country(#[from] aisle_domain::holidays::TerritoryError),
    /// A file was named that is not there.
    #[error("configuration file {0} does not exist; leave --config out to run with defaults")]
    Missing(PathBuf),
}

impl Config {
    /// Reads every source. `file`: the one named by a flag, else `aisle.toml` here, where there is one.
    pub(crate) fn load(file: Option<&Path>, flags: impl Serialize) -> Result<Self, ConfigError> {
        if let Some(file) = file.filter(|file| !file.exists()) {
            return Err(ConfigError::Missing(file.to_owned()));
        }
        let file = file.unwrap_or(Path::new("aisle.toml"));
        let variables = std::env::vars_os().map(|(name, _)| name.to_string_lossy().into_owned());
        let text = std::fs::read_to_string(file).unwrap_or_default();
        if let Some(unknown) = unknown_variable(variables).or_else(|| unknown_field(file, &text)) {
            return Err(unknown.into());
        }
        let mut sources = Figment::from(Serialized::defaults(Self::default()));
        if file.exists() {
            sources = sources.merge(Toml::file_exact(file));
        }
        let mut config: Self = sources
            .merge(Env::raw().only(&["DATABASE_URL"]))
            .merge(Env::prefixed(PREFIX).ignore(&NO_SETTINGS))
            .merge(Serialized::defaults(flags))
            .extract()
            .map_err(|error| ConfigError::Unreadable(Box::new(error)))?;
        codes(&config.countries).try_for_each(|code| Territory::parse(code).map(|_| ()))?;
        if config.site_dir.as_os_str().is_empty() {
            let beside = std::env::current_exe().ok().and_then(|exe| Some(exe.parent()?.join("site")));
            config.site_dir = beside.unwrap_or_else(|| PathBuf::from("site"));
        }
        Ok(config)
    }

    /// Address of the database: the one set, or SQLite in the data folder.
    pub(crate) fn database(&self) -> String {
        if self.database_url.is_empty() {
            format!("sqlite:{}", self.data_dir.join("aisle.db").display())
        } else {
            self.database_url.clone()
        }
    }

    /// Folder of the fact tables.
    pub(crate) fn lake_root(&self) -> String {
        self.data_dir.join("lake").display().to_string()
    }

    /// The countries set; they were checked when the configuration was read.
    pub(crate) fn territories(&self) -> Vec<Territory> {
        codes(&self.countries).filter_map(|code| Territory::parse(code).ok()).collect()
    }

    /// Folder of uploaded files.
    pub(crate) fn uploads(&self) -> PathBuf {
        self.data_dir.join("uploads")
    }

    /// Whether cookies must travel over TLS only.
    pub(crate) fn secure_cookies(&self) -> bool {
        self.public_url.starts_with("https://")
    }

    /// Fields and values as shown to people: a password in the database's address is masked.
    pub(crate) fn shown(&self) -> Vec<(String, String)> {
        let masked = Self { database_url: masked(&self.database()), ..self.clone() };
        let value = serde_json::to_value(masked).unwrap_or_default();
        let plain = |value: &serde_json::Value| value.as_str().map_or_else(|| value.to_string(), str::to_owned);
        value.as_object().map(|map| map.iter().map(|(k, v)| (k.clone(), plain(v))).collect()).unwrap_or_default()
    }
}

fn codes(text: &str) -> impl Iterator<Item = &str> {
    text.split([',', ';']).map(str::trim).filter(|code| !code.is_empty())
}

/// Names of the settings, as a file writes them.
fn settings() -> Vec<String> {
    let value = serde_json::to_value(Config::default()).unwrap_or_default();
    value.as_object().map(|map| map.keys().cloned().collect()).unwrap_or_default()
}

/// The first environment variable that looks like a setting and is none.
fn unknown_variable(names: impl Iterator<Item = String>) -> Option<UnknownSetting> {
    let known: Vec<String> = settings().iter().map(|name| format!("{PREFIX}{}", name.to_uppercase())).collect();
    let ours = names.map(|name| name.to_uppercase()).filter(|name| {
        let rest = name.strip_prefix(PREFIX).map(str::to_lowercase);
        rest.is_some_and(|rest| !NO_SETTINGS.contains(&rest.as_str()))
    });
    first_unknown("environment", ours, &known)
}

/// The first field of a file that is no setting. What is no TOML at all is told when it is read.
fn unknown_field(file: &Path, text: &str) -> Option<UnknownSetting> {
    let fields: toml::Table = toml::from_str(text).ok()?;
    first_unknown(&file.display().to_string(), fields.keys().cloned(), &settings())
}

/// Hides what stands between `:` and `@` of an address.
pub(crate) fn masked(url: &str) -> String {
    let Some((scheme, rest)) = url.split_once("://") else { return url.to_owned() };
    let Some((credentials, host)) = rest.rsplit_once('@') else { return url.to_owned() };
    let user = credentials.split_once(':').map_or(credentials, |(user, _)| user);
    format!("{scheme}://{user}:***@{host}")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_password_is_never_shown() {
        assert_eq!(masked("postgres://a:s3cret@h/d"), "postgres://a:***@h/d");
        assert_eq!(masked("sqlite:data/aisle.db"), "sqlite:data/aisle.db");
        let config = Config { database_url: "postgres://a:s3cret@h/d".to_owned(), ..Config::default() };
        assert!(config.shown().iter().all(|(_, value)| !value.contains("s3cret")));
    }

    #[test]
    fn a_setting_that_nobody_knows_is_named_with_the_nearest_one() {
        let variables = |names: &[&str]| unknown_variable(names.iter().map(|name| (*name).to_owned()));
        assert_eq!(variables(&["PATH", "AISLE_LISTEN", "AISLE_TEST_DATA", "AISLE_DATA_DIR"]), None);
        let text = variables(&["AISLE_LISTEN", "AISLE_DATADIR"]).expect("it is unknown").to_string();
        assert!(text.starts_with("environment: AISLE_DATADIR is no setting; did you mean AISLE_DATA_DIR?"), "{text}");
        assert!(text.contains("AISLE_MAX_UPLOAD_MB"), "what is known is said: {text}");

        let file = Path::new("shop/aisle.toml");
        assert_eq!(unknown_field(file, "listen = \"127.0.0.1:1\"\nworkers = 2\n"), None);
        let text = unknown_field(file, "workers = 2\nworkes = 2\n").expect("it is unknown").to_string();
        assert!(text.starts_with("shop/aisle.toml: workes is no setting; did you mean workers?"), "{text}");
        assert!(text.contains("session_hours"), "what is known is said: {text}");
        assert_eq!(unknown_field(file, "no = toml ="), None, "that is told when it is read");
    }
}
