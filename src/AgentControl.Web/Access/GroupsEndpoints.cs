using System.Security.Claims;
using AgentControl.Engine.Access;
using AgentControl.Web.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AgentControl.Web.Access;

/// <summary>The body of <c>PUT /groups/{name}</c>.</summary>
/// <param name="Members">Ids of people; GET /api/v1/people lists them.</param>
internal sealed record GroupRequest(string? Description, IReadOnlyList<Guid>? Members);

internal sealed record GroupListContract(IReadOnlyList<GroupInfo> Items, string? NextCursor);

/// <summary>Groups of people over REST, for admins.</summary>
internal static class GroupsEndpoints
{
    public static void MapGroups(this IEndpointRouteBuilder routes)
    {
        var groups = routes.MapGroup("/api/v1/groups").WithTags("Groups").RequireAuthorization(Policies.Admin);
        groups.MapGet("/", ListAsync).WithName("ListGroups").WithSummary("The groups with their people");
        groups.MapGet("/{name}", FindAsync).WithName("GetGroup").WithSummary("One group with its people");
        groups
            .MapPut("/{name}", SaveAsync)
            .WithName("SaveGroup")
            .WithSummary("Make a group, or change what it is for and who is in it")
            .Accepts<GroupRequest>("application/json");
        groups
            .MapDelete("/{name}", DeleteAsync)
            .WithName("DeleteGroup")
            .WithSummary("Delete a group; what names it waits for an admin");
    }

    private static async Task<Ok<GroupListContract>> ListAsync(Groups groups, CancellationToken cancellationToken) =>
        TypedResults.Ok(new GroupListContract(await groups.ListAsync(cancellationToken), null));

    private static async Task<Results<Ok<GroupInfo>, ProblemHttpResult>> FindAsync(
        string name,
        Groups groups,
        CancellationToken cancellationToken
    ) =>
        await groups.FindAsync(name, cancellationToken) is { } group
            ? TypedResults.Ok(group)
            : Problems.NotFound($"group {name}");

    private static async Task<Results<Ok<GroupInfo>, Created<GroupInfo>, ProblemHttpResult>> SaveAsync(
        string name,
        JsonBody<GroupRequest> body,
        ClaimsPrincipal user,
        Groups groups,
        CancellationToken cancellationToken
    )
    {
        var request = body.Value;
        var outcome = await groups.SaveAsync(
            user.RequireCaller(),
            name,
            request.Description,
            [.. request.Members ?? []],
            cancellationToken
        );
        return outcome switch
        {
            GroupOutcome.Saved { IsNew: true } made => TypedResults.Created($"/api/v1/groups/{name}", made.Group),
            GroupOutcome.Saved saved => TypedResults.Ok(saved.Group),
            GroupOutcome.Invalid invalid => Problems.BadFields(invalid.Errors),
            _ => throw new InvalidOperationException($"Unknown outcome {outcome}."),
        };
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(
        string name,
        ClaimsPrincipal user,
        Groups groups,
        CancellationToken cancellationToken
    ) =>
        await groups.DeleteAsync(user.RequireCaller(), name, cancellationToken)
            ? TypedResults.NoContent()
            : Problems.NotFound($"group {name}");
}
