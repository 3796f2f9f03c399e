using Microsoft.AspNetCore.Identity;

namespace AgentControl.Engine.Access;

/// <summary>Somebody to be invited.</summary>
/// <param name="Role">In all workspaces; null for none.</param>
/// <param name="Groups">Names of groups that they join.</param>
/// <param name="Days">How long the link is good; <see cref="Invitations.UsualDays"/> where it is left out.</param>
public sealed record NewInvitation(string? Email, Role? Role, IReadOnlyList<string> Groups, int? Days);

/// <summary>An open link, without its token.</summary>
/// <param name="PersonId">Whose password it sets; null where somebody is invited.</param>
public sealed record InvitationInfo(
    Guid Id,
    string Email,
    Guid? PersonId,
    Role? Role,
    IReadOnlyList<string> Groups,
    string CreatedBy,
    DateTimeOffset CreatedAt,
    DateTimeOffset ExpiresAt
)
{
    internal static InvitationInfo Of(Invitation row) =>
        new(
            row.Id,
            row.Email,
            row.PersonId,
            RoleNames.Parse(row.Role),
            row.Groups,
            row.CreatedBy,
            row.CreatedAt,
            row.ExpiresAt
        );
}

/// <summary>How making a link went.</summary>
public abstract record InvitationOutcome
{
    private InvitationOutcome() { }

    /// <param name="Token">Shown this once; nothing can bring it back.</param>
    public sealed record Made(InvitationInfo Invitation, string Token) : InvitationOutcome;

    /// <summary>By field, each with its remedy.</summary>
    public sealed record Invalid(IReadOnlyDictionary<string, string[]> Errors) : InvitationOutcome;
}

/// <summary>How redeeming a link went.</summary>
public abstract record AcceptOutcome
{
    private AcceptOutcome() { }

    /// <param name="SignInName">What the person signs in with.</param>
    public sealed record Done(Guid Person, string SignInName) : AcceptOutcome;

    /// <summary>Used, withdrawn, expired or never made.</summary>
    public sealed record Gone : AcceptOutcome;

    /// <summary>The name or password cannot be used; the link is still good.</summary>
    public sealed record Invalid(IReadOnlyList<IdentityError> Errors) : AcceptOutcome;
}
