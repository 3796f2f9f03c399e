using System.Security.Claims;
using AgentControl.Engine.Access;
using AgentControl.Web.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AgentControl.Web.Access;

/// <summary>Somebody who can sign in.</summary>
/// <param name="MayDecide">Has the approver role somewhere: without it a seat in a group decides nothing.</param>
/// <param name="Role">In all workspaces; null where they have none there.</param>
/// <param name="Elsewhere">Roles in single workspaces, by workspace.</param>
/// <param name="DisabledAt">Since when nobody gets in as them; null while they may.</param>
internal sealed record PersonContract(
    Guid Id,
    string Name,
    string Email,
    bool MayDecide,
    string? Role,
    IReadOnlyDictionary<string, string> Elsewhere,
    IReadOnlyList<string> Groups,
    DateTimeOffset CreatedAt,
    DateTimeOffset? LastSeenAt,
    DateTimeOffset? DisabledAt
)
{
    public static PersonContract Of(PersonInfo person) =>
        new(
            person.Id,
            person.Name,
            person.Email,
            person.MayDecide,
            person.Role is { } role ? RoleNames.Name(role) : null,
            person.Elsewhere.ToDictionary(e => e.Key, e => RoleNames.Name(e.Value), StringComparer.Ordinal),
            person.Groups,
            person.CreatedAt,
            person.LastSeenAt,
            person.DisabledAt
        );
}

internal sealed record PeopleListContract(IReadOnlyList<PersonContract> Items, string? NextCursor);

/// <summary>The body of <c>PATCH /people/{id}</c>; what is left out stays.</summary>
/// <param name="Role">viewer, operator, approver, admin, or none to take it away.</param>
/// <param name="Workspace">Where the role counts; all workspaces when left out.</param>
/// <param name="Disabled">true stops their sign-ins and keys at once.</param>
internal sealed record PersonRequest(string? Role, string? Workspace, bool? Disabled);

/// <summary>People over REST, for admins.</summary>
internal static class PeopleEndpoints
{
    /// <summary>The word that takes a role away.</summary>
    public const string NoRole = "none";

    public static void MapPeople(this IEndpointRouteBuilder routes)
    {
        var people = routes.MapGroup("/api/v1/people").WithTags("People").RequireAuthorization(Policies.Admin);
        people
            .MapGet("/", ListAsync)
            .WithName("ListPeople")
            .WithSummary("Everybody who can sign in, with roles and groups, and who of them may decide somewhere");
        people.MapGet("/{id:guid}", FindAsync).WithName("GetPerson").WithSummary("One person");
        people
            .MapPatch("/{id:guid}", ChangeAsync)
            .WithName("ChangePerson")
            .WithSummary("Set a role, or disable and enable; the last admin stays")
            .Accepts<PersonRequest>("application/json");
        people
            .MapDelete("/{id:guid}", DeleteAsync)
            .WithName("DeletePerson")
            .WithSummary("Take a person away with their keys and roles; what they did keeps their name");
        people
            .MapPost("/{id:guid}/password-link", NewPasswordAsync)
            .WithName("MakePasswordLink")
            .WithSummary("A one-time link by which the person chooses a new password; shown this once");
    }

    private static async Task<Ok<PeopleListContract>> ListAsync(
        PeopleQueries people,
        CancellationToken cancellationToken
    ) =>
        TypedResults.Ok(
            new PeopleListContract([.. (await people.ListAsync(cancellationToken)).Select(PersonContract.Of)], null)
        );

    private static async Task<Results<Ok<PersonContract>, ProblemHttpResult>> FindAsync(
        Guid id,
        PeopleQueries people,
        CancellationToken cancellationToken
    ) =>
        await people.FindAsync(id, cancellationToken) is { } person
            ? TypedResults.Ok(PersonContract.Of(person))
            : NotFound(id);

    private static async Task<Results<Ok<PersonContract>, ProblemHttpResult>> ChangeAsync(
        Guid id,
        JsonBody<PersonRequest> body,
        ClaimsPrincipal user,
        People people,
        PeopleQueries queries,
        CancellationToken cancellationToken
    )
    {
        var (role, workspace, disabled) = body.Value;
        var wanted = RoleNames.Parse(role);
        if (role is not null and not NoRole && (wanted is null or Role.Display))
            return Problems.BadField("role", "Choose viewer, operator, approver, admin or none.");
        if (role is null && disabled is null)
            return Problems.BadField("role", "Say what to change: role, disabled or both.");
        if (await queries.FindAsync(id, cancellationToken) is null)
            return NotFound(id);
        var who = user.RequireCaller();
        if (
            role is not null
            && !await people.GrantAsync(who, id, workspace ?? Caller.Everywhere, wanted, cancellationToken)
        )
            return LastAdmin();
        if (
            disabled is { } off
            && await people.SwitchAsync(who, id, !off, cancellationToken) is PersonOutcome.LastAdmin
        )
            return LastAdmin();
        return await queries.FindAsync(id, cancellationToken) is { } now
            ? TypedResults.Ok(PersonContract.Of(now))
            : NotFound(id);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> DeleteAsync(
        Guid id,
        ClaimsPrincipal user,
        People people,
        CancellationToken cancellationToken
    ) =>
        await people.DeleteAsync(user.RequireCaller(), id, cancellationToken) switch
        {
            PersonOutcome.Done => TypedResults.NoContent(),
            PersonOutcome.LastAdmin => LastAdmin(),
            _ => NotFound(id),
        };

    private static async Task<Results<Created<LinkContract>, ProblemHttpResult>> NewPasswordAsync(
        Guid id,
        HttpContext context,
        Invitations invitations,
        LinkMail mail,
        CancellationToken cancellationToken
    )
    {
        var made = await invitations.NewPasswordAsync(context.User.RequireCaller(), id, cancellationToken);
        return made is null ? NotFound(id) : await InvitationEndpoints.AnswerAsync(made, context, mail);
    }

    private static ProblemHttpResult NotFound(Guid id) => Problems.NotFound($"person {id}");

    private static ProblemHttpResult LastAdmin() =>
        Problems.Conflict(
            "person.lastAdmin",
            "This is the last admin who may sign in. Make somebody else admin first."
        );
}
