namespace AgentControl.Web.Shell;

/// <summary>The style sheets in the order in which they apply.</summary>
internal static class Stylesheets
{
    /// <summary>What a page without a circuit needs.</summary>
    public static readonly string[] Static =
    [
        "css/tokens.css",
        "css/fonts.css",
        "css/base.css",
        "css/controls.css",
        "css/chips.css",
        "css/shell.css",
        "css/states.css",
        "css/content.css",
        "css/phone.css",
        "css/motion.css",
    ];

    public static readonly string[] All =
    [
        "css/tokens.css",
        "css/fonts.css",
        "css/mud.css",
        "css/mud-parts.css",
        "css/base.css",
        "css/controls.css",
        "css/chips.css",
        "css/tables.css",
        "css/shell.css",
        "css/overlays.css",
        "css/connection.css",
        "css/states.css",
        "css/content.css",
        "css/workspace.css",
        "css/agents.css",
        "css/services.css",
        "css/trends.css",
        "css/schedules.css",
        "css/settings.css",
        "css/jobs.css",
        "css/approvals.css",
        "css/failures.css",
        "css/wall.css",
        "css/motion.css",
    ];
}
