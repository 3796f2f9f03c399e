using AgentControl.Engine.Access;
using AgentControl.Engine.Paging;
using AgentControl.Engine.Services;
using AgentControl.Web.Access;
using AgentControl.Web.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AgentControl.Web.Services;

/// <summary>The body of <c>POST /services/{name}/block</c>.</summary>
internal sealed record BlockServiceRequest
{
    /// <summary>How long; required.</summary>
    public double? Minutes { get; init; }
    public string? Reason { get; init; }
}

/// <summary>Services over REST: their circuits, and what people do to them.</summary>
internal static class ServiceEndpoints
{
    private const int LongestReason = 500;

    private static readonly (string, string) _window = ("window", "1h, 6h or 24h; 1h if left out");

    public static void MapServices(this IEndpointRouteBuilder routes)
    {
        var services = routes.MapGroup("/api/v1/services").WithTags("Services");
        services
            .MapGet("/", ListAsync)
            .RequireAuthorization(Policies.Viewer)
            .WithName("ListServices")
            .WithSummary(
                "Services: circuits, calls, retries, latency and fallbacks of the last 1h, 6h or 24h, jobs that wait, policies"
            )
            .Takes(_window);
        services
            .MapGet("/{name}", FindAsync)
            .RequireAuthorization(Policies.Viewer)
            .WithName("GetService")
            .WithSummary(
                "A service: its calls bucket by bucket, in which ways they failed, what its circuit did, which jobs wait"
            )
            .Takes(_window);
        services
            .MapPost("/{name}/test", TestAsync)
            .RequireAuthorization(Policies.Admin)
            .WithName("TestService")
            .WithSummary("Let one call find out now whether the service is well")
            .Takes();
        services
            .MapPost("/{name}/reset", ResetAsync)
            .RequireAuthorization(Policies.Admin)
            .WithName("ResetService")
            .WithSummary("Close a circuit; those who wait go along its ramp")
            .Takes();
        services
            .MapPost("/{name}/block", BlockAsync)
            .RequireAuthorization(Policies.Admin)
            .WithName("BlockService")
            .WithSummary("Let no call go for some minutes")
            .Accepts<BlockServiceRequest>("application/json")
            .Takes();
    }

    private static async Task<Results<Ok<Page<ServiceView>>, ProblemHttpResult>> ListAsync(
        HttpContext context,
        ServiceQueries services,
        CancellationToken cancellationToken
    ) =>
        ServiceWindow.Parse(context.Request.Query["window"]) is { } known
            ? TypedResults.Ok(new Page<ServiceView>(await services.ListAsync(known, cancellationToken), null))
            : UnknownWindow();

    private static async Task<Results<Ok<ServiceDetail>, ProblemHttpResult>> FindAsync(
        string name,
        HttpContext context,
        ServiceQueries services,
        CancellationToken cancellationToken
    )
    {
        if (ServiceWindow.Parse(context.Request.Query["window"]) is not { } known)
            return UnknownWindow();
        var caller = context.User.RequireCaller();
        return await services.DetailAsync(name, known, caller.Workspaces, cancellationToken) is { } detail
            ? TypedResults.Ok(detail)
            : Problems.NotFound($"service {name}");
    }

    private static ProblemHttpResult UnknownWindow() =>
        Problems.BadField("window", $"Use one of {string.Join(", ", ServiceWindow.All.Select(w => w.Name))}.");

    private static async Task<Results<Ok<ServiceView>, ProblemHttpResult>> TestAsync(
        string name,
        HttpContext context,
        ServiceCommands commands,
        ServiceQueries services,
        CancellationToken cancellationToken
    )
    {
        var caller = context.User.RequireCaller();
        caller.Require(Role.Admin, Caller.Everywhere);
        if (await services.FindAsync(name, cancellationToken) is null)
            return Problems.NotFound($"service {name}");
        await commands.TestAsync(name, caller.Actor, cancellationToken);
        return TypedResults.Ok((await services.FindAsync(name, cancellationToken))!);
    }

    private static async Task<Results<Ok<ServiceView>, ProblemHttpResult>> ResetAsync(
        string name,
        HttpContext context,
        ServiceCommands commands,
        ServiceQueries services,
        CancellationToken cancellationToken
    )
    {
        var caller = context.User.RequireCaller();
        caller.Require(Role.Admin, Caller.Everywhere);
        if (await services.FindAsync(name, cancellationToken) is null)
            return Problems.NotFound($"service {name}");
        await commands.ResetAsync(name, caller.Actor, cancellationToken);
        return TypedResults.Ok((await services.FindAsync(name, cancellationToken))!);
    }

    private static async Task<Results<Ok<ServiceView>, ProblemHttpResult>> BlockAsync(
        string name,
        JsonBody<BlockServiceRequest> body,
        HttpContext context,
        ServiceCommands commands,
        ServiceQueries services,
        CancellationToken cancellationToken
    )
    {
        var caller = context.User.RequireCaller();
        caller.Require(Role.Admin, Caller.Everywhere);
        if (body.Value.Minutes is not > 0 || body.Value.Minutes > ServiceCommands.LongestBlock.TotalMinutes)
            return Problems.BadField(
                "minutes",
                $"Say how long: more than 0 and at most {ServiceCommands.LongestBlock.TotalMinutes:0} minutes."
            );
        if (body.Value.Reason is { Length: > LongestReason })
            return Problems.BadField("reason", $"Use at most {LongestReason} characters.");
        if (await services.FindAsync(name, cancellationToken) is null)
            return Problems.NotFound($"service {name}");
        await commands.BlockAsync(
            name,
            TimeSpan.FromMinutes(body.Value.Minutes.Value),
            body.Value.Reason,
            caller.Actor,
            cancellationToken
        );
        return TypedResults.Ok((await services.FindAsync(name, cancellationToken))!);
    }
}
