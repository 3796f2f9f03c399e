using System.Globalization;
using System.Text.Json;
using AgentControl.Core.Json;
using AgentControl.Engine.Access;
using AgentControl.Engine.Agents;
using AgentControl.Engine.Paging;
using AgentControl.Web.Access;
using AgentControl.Web.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AgentControl.Web.Agents;

/// <summary>The body of <c>PUT /agents/{name}</c>.</summary>
internal sealed record DefineAgentRequest
{
    /// <summary>The version that was edited; without it the agent is new.</summary>
    public int? Version { get; init; }
    public JsonElement? Settings { get; init; }
}

/// <summary>A version of an agent that admins defined.</summary>
/// <param name="Settings">Null where the agent was retired by it.</param>
internal sealed record DefinitionContract(
    string Name,
    int Version,
    RawJson? Settings,
    string ChangedBy,
    DateTimeOffset ChangedAt
)
{
    public static DefinitionContract Of(string name, DefinitionVersion version) =>
        new(name, version.Version, RawJson.Of(version.Settings), version.ChangedBy, version.ChangedAt);
}

/// <summary>Assistants that admins define over REST.</summary>
internal static class DefinitionEndpoints
{
    public static void MapDefinitions(this IEndpointRouteBuilder routes)
    {
        var agents = routes.MapGroup("/api/v1/agents/{name}").WithTags("Agents");
        agents
            .MapGet("/versions", VersionsAsync)
            .RequireAuthorization(Policies.Viewer)
            .WithName("ListAgentVersions")
            .WithSummary("The versions of an assistant that admins defined, newest first")
            .Takes();
        agents
            .MapPut("/", DefineAsync)
            .RequireAuthorization(Policies.Admin)
            .WithName("DefineAgent")
            .WithSummary("Define an assistant, or change it: a new version that jobs take over when they start")
            .Accepts<DefineAgentRequest>("application/json")
            .Takes();
        agents
            .MapDelete("/", RetireAsync)
            .RequireAuthorization(Policies.Admin)
            .WithName("RetireAgent")
            .WithSummary("Take no new jobs for an assistant; those that it has go on")
            .Takes(("version", "The version that you know"));
    }

    private static async Task<Results<Ok<Page<DefinitionContract>>, ProblemHttpResult>> VersionsAsync(
        string name,
        AgentCatalog catalog,
        AgentQueries agents,
        CancellationToken cancellationToken
    )
    {
        var versions = await agents.VersionsAsync(name, cancellationToken);
        return versions.Count == 0 && catalog.Find(name) is null
            ? Problems.NotFound($"agent {name}")
            : TypedResults.Ok(
                new Page<DefinitionContract>([.. versions.Select(v => DefinitionContract.Of(name, v))], null)
            );
    }

    private static async Task<Results<Ok<DefinitionContract>, ProblemHttpResult>> DefineAsync(
        string name,
        JsonBody<DefineAgentRequest> body,
        HttpContext context,
        DefinitionCommands commands,
        AgentQueries agents,
        CancellationToken cancellationToken
    )
    {
        var caller = context.User.RequireCaller();
        caller.Require(Role.Admin, Caller.Everywhere);
        if (body.Value.Settings is not { } settings)
            return Problems.BadField("settings", "Give the assistant's settings as a JSON object.");
        var outcome = await commands.SaveAsync(
            name,
            body.Value.Version ?? 0,
            settings,
            caller.Actor,
            cancellationToken
        );
        if (outcome is not (DefinitionOutcome.Saved or DefinitionOutcome.Changed { Version: > 0 }))
            return Refuse(name, outcome);
        var newest = (await agents.VersionsAsync(name, cancellationToken))[0];
        return outcome is DefinitionOutcome.Saved ? TypedResults.Ok(DefinitionContract.Of(name, newest))
            : newest.Settings is null ? Retired(name, newest.Version)
            : Refuse(name, outcome);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> RetireAsync(
        string name,
        HttpContext context,
        DefinitionCommands commands,
        CancellationToken cancellationToken
    )
    {
        var caller = context.User.RequireCaller();
        caller.Require(Role.Admin, Caller.Everywhere);
        if (!int.TryParse(context.Request.Query["version"], CultureInfo.InvariantCulture, out var known))
            return Problems.BadField("version", "Name the version that you know, a whole number, as ?version=.");
        var outcome = await commands.RetireAsync(name, known, caller.Actor, cancellationToken);
        return outcome is DefinitionOutcome.Saved ? TypedResults.NoContent() : Refuse(name, outcome);
    }

    private static ProblemHttpResult Retired(string name, int version) =>
        Problems.Conflict(
            "agent.changed",
            $"'{name}' is retired with version {version}. Send its settings with \"version\": {version} to bring it back.",
            ("version", version)
        );

    private static ProblemHttpResult Refuse(string name, DefinitionOutcome outcome) =>
        outcome switch
        {
            DefinitionOutcome.Invalid invalid => Problems.BadFields(invalid.Errors),
            DefinitionOutcome.Changed { Version: 0 } => Problems.BadField(
                "version",
                $"There is no agent '{name}' yet. Leave the version out to make it."
            ),
            DefinitionOutcome.Changed changed => Problems.Conflict(
                "agent.changed",
                $"Version {changed.Version} of '{name}' is in force. Read it, and change that one.",
                ("version", changed.Version)
            ),
            _ => Problems.NotFound($"agent {name} that was defined here"),
        };
}
