//! Roles and what each may do. This is the one table: routes, server functions and pages name a [`Permission`].

use serde::{Deserialize, Serialize};
use std::fmt;

/// What a user is to the shop.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Runs the installation: users, settings, keys, everything else.
    Administrator,
    /// Runs the shop: sees everything, decides, shares reports.
    Manager,
    /// Plans demand and orders: imports, trains, exports.
    Planner,
    /// Moves the goods.
    Warehouse,
    /// Asks questions of the data: reads, exports.
    Analyst,
    /// Looks at dashboards and reports.
    Viewer,
}

impl Role {
    /// Every role, the most powerful first.
    pub const ALL: [Self; 6] =
        [Self::Administrator, Self::Manager, Self::Planner, Self::Warehouse, Self::Analyst, Self::Viewer];

    /// The word stored and shown.
    pub fn name(self) -> &'static str {
        match self {
            Self::Administrator => "administrator",
            Self::Manager => "manager",
            Self::Planner => "planner",
            Self::Warehouse => "warehouse",
            Self::Analyst => "analyst",
            Self::Viewer => "viewer",
        }
    }

    /// Reads a role's word.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|role| role.name() == word)
    }

    /// Whether this role grants the permission.
    pub fn may(self, permission: Permission) -> bool {
        use Permission as P;
        match self {
            Self::Administrator => true,
            Self::Manager => !matches!(permission, P::ManageUsers | P::ManageSettings),
            Self::Planner => matches!(
                permission,
                P::ViewSales
                    | P::ViewData
                    | P::ImportData
                    | P::ViewJobs
                    | P::RunJobs
                    | P::OverrideForecasts
                    | P::Export
                    | P::UseApi
            ),
            Self::Warehouse => matches!(permission, P::ViewSales | P::ViewJobs),
            Self::Analyst => matches!(permission, P::ViewSales | P::ViewData | P::ViewJobs | P::Export | P::UseApi),
            Self::Viewer => matches!(permission, P::ViewSales),
        }
    }
}

impl fmt::Display for Role {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.name())
    }
}

/// What a route, server function or page asks for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Permission {
    /// See sales, series, forecasts and reports.
    ViewSales,
    /// See imports, dead letters and tables.
    ViewData,
    /// Import files, mend and replay dead letters, change the calendar.
    ImportData,
    /// See jobs.
    ViewJobs,
    /// Start, cancel and retry jobs.
    RunJobs,
    /// Override forecasts, with a reason.
    OverrideForecasts,
    /// Take data out as files.
    Export,
    /// Share reports by signed links.
    ShareReports,
    /// Create API keys for oneself.
    UseApi,
    /// See the audit log.
    ViewAudit,
    /// Create, change and disable users.
    ManageUsers,
    /// Change settings of the installation.
    ManageSettings,
}

impl Permission {
    /// Every permission.
    pub const ALL: [Self; 12] = [
        Self::ViewSales,
        Self::ViewData,
        Self::ImportData,
        Self::ViewJobs,
        Self::RunJobs,
        Self::OverrideForecasts,
        Self::Export,
        Self::ShareReports,
        Self::UseApi,
        Self::ViewAudit,
        Self::ManageUsers,
        Self::ManageSettings,
    ];

    /// The scope name used by API keys, such as `view_sales`.
    pub fn name(self) -> &'static str {
        match self {
            Self::ViewSales => "view_sales",
            Self::ViewData => "view_data",
            Self::ImportData => "import_data",
            Self::ViewJobs => "view_jobs",
            Self::RunJobs => "run_jobs",
            Self::OverrideForecasts => "override_forecasts",
            Self::Export => "export",
            Self::ShareReports => "share_reports",
            Self::UseApi => "use_api",
            Self::ViewAudit => "view_audit",
            Self::ManageUsers => "manage_users",
            Self::ManageSettings => "manage_settings",
        }
    }

    /// Reads a scope name.
    pub fn parse(word: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|permission| permission.name() == word)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_role_and_permission_survives_its_word() {
        assert!(Role::ALL.iter().all(|role| Role::parse(role.name()) == Some(*role)));
        assert!(Permission::ALL.iter().all(|p| Permission::parse(p.name()) == Some(*p)));
        assert!(Permission::ALL.iter().all(|p| Role::Administrator.may(*p)));
        assert!(!Role::Viewer.may(Permission::ImportData));
    }
}
