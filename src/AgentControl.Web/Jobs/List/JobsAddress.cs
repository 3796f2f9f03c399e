using AgentControl.Engine.Jobs;
using Microsoft.AspNetCore.Http.Extensions;

namespace AgentControl.Web.Jobs.List;

/// <summary>The state of the jobs list as its URL says it: a link that is passed on opens the same view.</summary>
/// <param name="View">jobs (without child jobs), all (with them) or mine.</param>
/// <param name="After">The cursor of the page before; null on the first.</param>
internal sealed record JobsAddress(
    string Query = "",
    string View = JobsAddress.Jobs,
    string? After = null,
    JobSort Order = JobSort.Newest
)
{
    /// <summary>The orders as the URL and the page name them.</summary>
    public static readonly (JobSort Order, string Word, string Label)[] Orders =
    [
        (JobSort.Newest, "newest", "Newest first"),
        (JobSort.Oldest, "oldest", "Oldest first"),
        (JobSort.Name, "name", "By name"),
    ];

    public const string Jobs = "jobs";
    public const string All = "all";
    public const string Mine = "mine";

    public static JobsAddress Of(string? query, string? view, string? after, string? sort) =>
        new(
            query?.Trim() ?? "",
            view is Mine or All ? view : Jobs,
            string.IsNullOrEmpty(after) ? null : after,
            Orders.FirstOrDefault(o => o.Word == sort).Order
        );

    public string Sort => Orders.Single(o => o.Order == Order).Word;

    /// <summary>"Jobs, newest first".</summary>
    public string Caption => "Jobs, " + Orders.Single(o => o.Order == Order).Label.ToLowerInvariant();

    /// <summary>True where nothing is left out.</summary>
    public bool ShowsAll => Query.Length == 0 && View == Jobs && After is null;

    public string Href
    {
        get
        {
            var query = new QueryBuilder();
            if (View != Jobs)
                query.Add("view", View);
            if (Query.Length > 0)
                query.Add("q", Query);
            if (Order != JobSort.Newest)
                query.Add("sort", Sort);
            if (After is not null)
                query.Add("after", After);
            return "/jobs" + query.ToQueryString();
        }
    }

    /// <summary>Another filter begins on its first page.</summary>
    public JobsAddress Search(string query) => this with { Query = query.Trim(), After = null };

    public JobsAddress In(string view) => this with { View = view, After = null };

    /// <summary>Another order begins on its first page.</summary>
    public JobsAddress Sorted(string? sort) => Of(Query, View, null, sort);

    public JobsAddress Page(string? after) => this with { After = after };
}
