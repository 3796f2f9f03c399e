using System.Security.Claims;
using AgentControl.Engine.Access;
using AgentControl.Web.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;

namespace AgentControl.Web.Access;

/// <summary>The body of <c>POST /invitations</c>.</summary>
/// <param name="Role">viewer, operator, approver or admin, in all workspaces; none when left out.</param>
/// <param name="Groups">Names of groups that they join.</param>
/// <param name="Days">How long the link is good, 1 to 30; 7 when left out.</param>
internal sealed record InvitationRequest(string? Email, string? Role, IReadOnlyList<string>? Groups, int? Days);

/// <summary>An open link, without its token.</summary>
/// <param name="Kind">invitation, or password for a link by which somebody chooses a new one.</param>
internal sealed record InvitationContract(
    Guid Id,
    string Kind,
    string Email,
    Guid? PersonId,
    string? Role,
    IReadOnlyList<string> Groups,
    string CreatedBy,
    DateTimeOffset CreatedAt,
    DateTimeOffset ExpiresAt
)
{
    public static InvitationContract Of(InvitationInfo made) =>
        new(
            made.Id,
            made.PersonId is null ? "invitation" : "password",
            made.Email,
            made.PersonId,
            made.Role is { } role ? RoleNames.Name(role) : null,
            made.Groups,
            made.CreatedBy,
            made.CreatedAt,
            made.ExpiresAt
        );
}

/// <summary>A link that was made just now. It is shown this once.</summary>
/// <param name="Mailed">It was sent to the address by an e-mail channel.</param>
internal sealed record LinkContract(string Link, bool Mailed, InvitationContract Invitation);

internal sealed record InvitationListContract(IReadOnlyList<InvitationContract> Items, string? NextCursor);

/// <summary>One-time links over REST, for admins.</summary>
internal static class InvitationEndpoints
{
    public static void MapInvitations(this IEndpointRouteBuilder routes)
    {
        var invitations = routes
            .MapGroup("/api/v1/invitations")
            .WithTags("People")
            .RequireAuthorization(Policies.Admin);
        invitations
            .MapGet("/", ListAsync)
            .WithName("ListInvitations")
            .WithSummary("Links that can still be used, newest first, without their tokens");
        invitations
            .MapPost("/", InviteAsync)
            .WithName("Invite")
            .WithSummary("Invite somebody; the answer shows the one-time link this once")
            .Accepts<InvitationRequest>("application/json");
        invitations
            .MapDelete("/{id:guid}", WithdrawAsync)
            .WithName("WithdrawInvitation")
            .WithSummary("Take a link back at once");
    }

    /// <summary>201 with the link, which is also mailed where there is an e-mail channel.</summary>
    public static async Task<Created<LinkContract>> AnswerAsync(
        InvitationOutcome.Made made,
        HttpContext context,
        LinkMail mail
    )
    {
        context.Response.Headers.CacheControl = "no-store";
        var link = mail.LinkOf(made.Token, context.Request);
        var mailed = await mail.SendAsync(made.Invitation, link, context.RequestAborted);
        return TypedResults.Created(
            $"/api/v1/invitations/{made.Invitation.Id}",
            new LinkContract(link, mailed, InvitationContract.Of(made.Invitation))
        );
    }

    private static async Task<Ok<InvitationListContract>> ListAsync(
        ClaimsPrincipal user,
        Invitations invitations,
        CancellationToken cancellationToken
    )
    {
        var open = await invitations.ListAsync(user.RequireCaller(), cancellationToken);
        return TypedResults.Ok(new InvitationListContract([.. open.Select(InvitationContract.Of)], null));
    }

    private static async Task<Results<Created<LinkContract>, ProblemHttpResult>> InviteAsync(
        JsonBody<InvitationRequest> body,
        HttpContext context,
        Invitations invitations,
        LinkMail mail,
        CancellationToken cancellationToken
    )
    {
        var request = body.Value;
        var role = RoleNames.Parse(request.Role);
        if (request.Role is not null && role is null or Role.Display)
            return Problems.BadField("role", "Choose viewer, operator, approver or admin, or leave it out.");
        var wanted = new NewInvitation(request.Email, role, request.Groups ?? [], request.Days);
        var outcome = await invitations.InviteAsync(context.User.RequireCaller(), wanted, cancellationToken);
        return outcome is InvitationOutcome.Made made
            ? await AnswerAsync(made, context, mail)
            : Problems.BadFields(((InvitationOutcome.Invalid)outcome).Errors);
    }

    private static async Task<Results<NoContent, ProblemHttpResult>> WithdrawAsync(
        Guid id,
        ClaimsPrincipal user,
        Invitations invitations,
        CancellationToken cancellationToken
    ) =>
        await invitations.WithdrawAsync(user.RequireCaller(), id, cancellationToken)
            ? TypedResults.NoContent()
            : Problems.NotFound($"open invitation {id}");
}
