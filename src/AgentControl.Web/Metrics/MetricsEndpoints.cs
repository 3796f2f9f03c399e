using AgentControl.Engine.Metrics;
using AgentControl.Web.Access;
using AgentControl.Web.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AgentControl.Web.Metrics;

/// <summary>The four metrics over REST.</summary>
internal static class MetricsEndpoints
{
    private static readonly (string, string)[] _span =
    [
        ("window", "24h, 7d or 30d, up to now; 24h if left out"),
        ("from", "Instead of window: where the span begins"),
        ("to", "Where it ends; now if left out"),
        ("agent", "Only this agent's"),
    ];

    public static void MapMetrics(this IEndpointRouteBuilder routes)
    {
        var metrics = routes.MapGroup("/api/v1/metrics").WithTags("Metrics").RequireAuthorization(Policies.Viewer);
        metrics
            .MapGet("/summary", SummaryAsync)
            .WithName("GetMetrics")
            .WithSummary(
                "Task completion rate, median task duration, retry frequency per service and checkpoint recoveries, beside the time before and by agent"
            )
            .Takes(_span);
        metrics
            .MapGet("/series", SeriesAsync)
            .WithName("GetMetricSeries")
            .WithSummary(
                "The metrics in buckets of five minutes up to a day, else an hour, with the usual band and spikes"
            )
            .Takes([("metric", "completion, duration, retries or recoveries; all if left out"), .. _span]);
        metrics
            .MapGet("/jobs", JobsAsync)
            .WithName("ListMetricJobs")
            .WithSummary("The jobs behind a span of a metric, the most telling first")
            .Takes([
                ("metric", "completion, duration, retries or recoveries; required"),
                ("service", "For retries: only of this service"),
                ("limit", "How many items, 1 to 200; 50 if left out"),
                .. _span,
            ]);
    }

    private static async Task<Results<Ok<MetricSummaryAnswer>, ProblemHttpResult>> SummaryAsync(
        HttpContext context,
        MetricQueries metrics,
        CancellationToken cancellationToken
    )
    {
        var query = new QueryReader(context.Request);
        var scope = await ScopeAsync(query, context, metrics, cancellationToken);
        return query.Problem is { } problem
            ? problem
            : TypedResults.Ok(new MetricSummaryAnswer(await metrics.SummaryAsync(scope, cancellationToken)));
    }

    private static async Task<Results<Ok<MetricSeriesAnswer>, ProblemHttpResult>> SeriesAsync(
        HttpContext context,
        MetricQueries metrics,
        CancellationToken cancellationToken
    )
    {
        var query = new QueryReader(context.Request);
        var metric = query.Word("metric", MetricWords.All);
        var scope = await ScopeAsync(query, context, metrics, cancellationToken);
        return query.Problem is { } problem
            ? problem
            : TypedResults.Ok(MetricSeriesAnswer.Of(await metrics.SeriesAsync(scope, metric, cancellationToken)));
    }

    private static async Task<Results<Ok<MetricJobsAnswer>, ProblemHttpResult>> JobsAsync(
        HttpContext context,
        MetricQueries metrics,
        MetricRunQueries runs,
        CancellationToken cancellationToken
    )
    {
        var query = new QueryReader(context.Request);
        var metric = query.Word("metric", MetricWords.All);
        var service = query.Text("service");
        var limit = query.Limit();
        var scope = await ScopeAsync(query, context, metrics, cancellationToken);
        if (metric is null && query.Text("metric") is null)
            query.Refuse("metric", $"Say which: {string.Join(", ", MetricWords.All)}.");
        if (service is not null && metric is not (null or MetricWords.Retries))
            query.Refuse("service", "Leave it out: only retries are told apart by service.");
        if (query.Problem is { } problem)
            return problem;
        var behind = await runs.BehindAsync(
            metric!,
            scope,
            service is null ? null : [service],
            limit,
            cancellationToken
        );
        return TypedResults.Ok(new MetricJobsAnswer(behind.Items, null, behind.Total));
    }

    /// <summary>Whose numbers are asked for, over which time; what does not fit is told to the reader.</summary>
    private static async Task<MetricScope> ScopeAsync(
        QueryReader query,
        HttpContext context,
        MetricQueries metrics,
        CancellationToken cancellationToken
    )
    {
        var name = query.Word("window", [.. MetricWindow.Names]);
        var (from, to) = (query.Instant("from"), query.Instant("to"));
        var agent = query.Text("agent");
        var now = await metrics.NowAsync(cancellationToken);
        var window = MetricWindow.Last(name ?? MetricWindow.Day, now) ?? MetricWindow.Last(MetricWindow.Day, now)!;
        if (name is not null && (from ?? to) is not null)
            query.Refuse("window", "Give window, or from and to, not both.");
        else if (to is not null && from is null)
            query.Refuse("from", "Say where the span begins.");
        else if (from is { } begin)
        {
            var end = to ?? now;
            if (begin >= end)
                query.Refuse("from", to is null ? "Give a time before now." : "Give a time before to.");
            else if (end - begin > MetricWindow.Longest)
                query.Refuse("from", $"Ask for at most {MetricWindow.Longest.TotalDays:0} days at a time.");
            else
                window = new(begin, end);
        }
        return new(window, agent, context.User.RequireCaller().Workspaces);
    }
}
