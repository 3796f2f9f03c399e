using System.Text.Json;
using AgentControl.Engine.Audit;
using AgentControl.Web.Access;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AgentControl.Web.Audit;

/// <summary>The audit log over REST, for admins.</summary>
internal static class AuditEndpoints
{
    private const int MostLines = 200;
    private const int UsualLines = 50;

    public static void MapAudit(this IEndpointRouteBuilder routes) =>
        routes
            .MapGet("/api/v1/audit", ListAsync)
            .WithTags("Audit")
            .WithName("ListAudit")
            .WithSummary("Who did what, newest first")
            .RequireAuthorization(Policies.Admin);

    private static async Task<Results<Ok<AuditListContract>, ValidationProblem>> ListAsync(
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
            return TypedResults.ValidationProblem(errors, extensions: [new("code", "invalid")]);
        var lines = await audit.ListAsync(request.ToFilter(), behind, limit + 1, cancellationToken);
        var items = lines.Take(limit).Select(AuditLineContract.Of).ToArray();
        return TypedResults.Ok(new AuditListContract(items, lines.Count > limit ? items[^1].Id.ToString() : null));
    }
}

/// <summary>The filters of <c>GET /audit</c>.</summary>
internal sealed record AuditRequest(
    string? Actor,
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
            Action = Action,
            Target = Target,
            After = After?.ToUniversalTime(),
            Before = Before?.ToUniversalTime(),
        };
}

internal sealed record AuditListContract(IReadOnlyList<AuditLineContract> Items, string? NextCursor);

/// <summary>One line: <c>Before</c> and <c>After</c> are the part that changed.</summary>
internal sealed record AuditLineContract(
    Guid Id,
    DateTimeOffset At,
    string Actor,
    string ActorName,
    string? From,
    string Action,
    string Target,
    string? TargetName,
    JsonElement? Before,
    JsonElement? After
)
{
    public static AuditLineContract Of(AuditLine line) =>
        new(
            line.Id,
            line.At,
            line.Actor,
            line.ActorName,
            line.From,
            line.Action,
            line.Target,
            line.TargetName,
            Json(line.Before),
            Json(line.After)
        );

    private static JsonElement? Json(string? text) => text is null ? null : JsonElement.Parse(text);
}
