using Microsoft.AspNetCore.Http.Extensions;

namespace AgentControl.Web.Jobs.List;

/// <summary>The state of the jobs list as its URL says it: a link that is passed on opens the same view.</summary>
/// <param name="View">jobs (without child jobs), all (with them) or mine.</param>
/// <param name="After">The cursor of the page before; null on the first.</param>
internal sealed record JobsAddress(string Query = "", string View = JobsAddress.Jobs, string? After = null)
{
    public const string Jobs = "jobs";
    public const string All = "all";
    public const string Mine = "mine";

    public static JobsAddress Of(string? query, string? view, string? after) =>
        new(query?.Trim() ?? "", view is Mine or All ? view : Jobs, string.IsNullOrEmpty(after) ? null : after);

    public string Href
    {
        get
        {
            var query = new QueryBuilder();
            if (View != Jobs)
                query.Add("view", View);
            if (Query.Length > 0)
                query.Add("q", Query);
            if (After is not null)
                query.Add("after", After);
            return "/jobs" + query.ToQueryString();
        }
    }

    /// <summary>Another filter begins on its first page.</summary>
    public JobsAddress Search(string query) => this with { Query = query.Trim(), After = null };

    public JobsAddress In(string view) => this with { View = view, After = null };

    public JobsAddress Page(string? after) => this with { After = after };
}
