using System.Globalization;
using AgentControl.Engine.Audit;
using AgentControl.Web.Access;
using AgentControl.Web.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.Extensions.Options;

namespace AgentControl.Web.Audit;

/// <summary>The audit log over REST, for admins.</summary>
internal static class AuditEndpoints
{
    private const int MostLines = 200;
    private const int UsualLines = 50;

    public static void MapAudit(this IEndpointRouteBuilder routes)
    {
        var audit = routes.MapGroup("/api/v1/audit").WithTags("Audit").RequireAuthorization(Policies.Admin);
        audit.MapGet("/", ListAsync).WithName("ListAudit").WithSummary("Who did what, newest first");
        audit
            .MapGet("/export", Export)
            .WithName("ExportAudit")
            .WithSummary("Every line that the filter finds as one file, format=csv or json, newest first");
        audit
            .MapGet("/verify", VerifyAsync)
            .WithName("VerifyAudit")
            .WithSummary("Compute the chain of all lines anew; head= is an end of it that was noted down earlier");
    }

    private static async Task<Results<Ok<AuditListContract>, ProblemHttpResult>> ListAsync(
        [AsParameters] AuditRequest request,
        AuditQueries audit,
        CancellationToken cancellationToken
    )
    {
        var limit = request.Limit ?? UsualLines;
        var errors = new Dictionary<string, string[]>(StringComparer.Ordinal);
        if (limit is < 1 or > MostLines)
            errors["limit"] = [$"Choose 1 to {MostLines}."];
        Guid? behind = Guid.TryParse(request.Cursor, out var cursor) ? cursor : null;
        if (request.Cursor is not null && behind is null)
            errors["cursor"] = ["Take the nextCursor of the page before, as it is."];
        if (errors.Count > 0)
            return Problems.BadFields(errors);
        var lines = await audit.ListAsync(request.ToFilter(), behind, limit + 1, cancellationToken);
        var items = lines.Take(limit).Select(AuditLineContract.Of).ToArray();
        return TypedResults.Ok(new AuditListContract(items, lines.Count > limit ? items[^1].Id.ToString() : null));
    }

    private static Results<PushStreamHttpResult, ProblemHttpResult> Export(
        string? format,
        [AsParameters] AuditRequest request,
        AuditQueries audit,
        IOptions<Microsoft.AspNetCore.Http.Json.JsonOptions> json,
        TimeProvider time,
        HttpContext context
    )
    {
        if (format is not ("csv" or "json"))
            return Problems.BadField("format", "Choose csv or json.");
        var stop = context.RequestAborted;
        var lines = audit.StreamAsync(request.ToFilter(), stop);
        var day = time.GetUtcNow().ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);
        context.Response.Headers.CacheControl = "no-store";
        return TypedResults.Stream(
            output =>
                format == "csv"
                    ? AuditExport.WriteCsvAsync(output, lines, stop)
                    : AuditExport.WriteJsonAsync(output, lines, json.Value.SerializerOptions, stop),
            format == "csv" ? "text/csv; charset=utf-8" : "application/json",
            $"audit-{day}.{format}"
        );
    }

    private static async Task<Results<Ok<AuditChainContract>, ProblemHttpResult>> VerifyAsync(
        string? head,
        AuditChain chain,
        CancellationToken cancellationToken
    )
    {
        if (head is not null && !AuditChain.IsHead(head))
            return Problems.BadField("head", "Give number:hash, as an earlier verification answered it.");
        var state = await chain.VerifyAsync(head, cancellationToken);
        return TypedResults.Ok(new AuditChainContract(state.Broken is null, state.Lines, state.Head, state.Broken));
    }
}

/// <summary>The filters of <c>GET /audit</c>.</summary>
/// <param name="Who">A part of the name of who did it.</param>
/// <param name="Action">Such as job.paused; job. finds all that was done to jobs.</param>
internal sealed record AuditRequest(
    string? Actor,
    string? Who,
    string? Action,
    string? Target,
    DateTimeOffset? After,
    DateTimeOffset? Before,
    string? Cursor,
    int? Limit
)
{
    public AuditFilter ToFilter() =>
        new()
        {
            Actor = Actor,
            Who = Who,
            Action = Action,
            Target = Target,
            After = After?.ToUniversalTime(),
            Before = Before?.ToUniversalTime(),
        };
}

internal sealed record AuditListContract(IReadOnlyList<AuditLineContract> Items, string? NextCursor);

/// <summary>How the chain stands.</summary>
/// <param name="Lines">How many lines hold, from the first one on.</param>
/// <param name="Head">The end of the chain, number:hash: note it down elsewhere to find a log that was cut and chained anew.</param>
/// <param name="Problem">The first line that does not hold, and why.</param>
internal sealed record AuditChainContract(bool Whole, long Lines, string Head, string? Problem);
