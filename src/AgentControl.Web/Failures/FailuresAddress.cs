using AgentControl.Core.Failures;
using AgentControl.Engine.Failures;
using Microsoft.AspNetCore.Http.Extensions;

namespace AgentControl.Web.Failures;

/// <summary>What the list of failures shows, as its URL says it.</summary>
/// <param name="Status">Only these; null for all.</param>
/// <param name="After">The cursor of the page before; null on the first.</param>
internal sealed record FailuresAddress(string? Status, string? Agent, string? After)
{
    private const string All = "all";

    /// <summary>Without a word it shows what is unresolved.</summary>
    public static FailuresAddress Of(string? status, string? agent, string? after) =>
        new(
            status == All ? null
                : FailureStatus.All.Contains(status) ? status
                : FailureStatus.Unresolved,
            string.IsNullOrWhiteSpace(agent) || agent.Contains('\0', StringComparison.Ordinal) ? null : agent,
            after is not null && FailureQueries.IsCursor(after) ? after : null
        );

    public FailuresAddress Page(string? after) => this with { After = after };

    public string Href
    {
        get
        {
            var query = new QueryBuilder();
            if (Status != FailureStatus.Unresolved)
                query.Add("status", Status ?? All);
            if (Agent is not null)
                query.Add("agent", Agent);
            if (After is not null)
                query.Add("after", After);
            return "/failures" + query.ToQueryString();
        }
    }
}
