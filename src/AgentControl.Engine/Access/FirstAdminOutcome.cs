using Microsoft.AspNetCore.Identity;

namespace AgentControl.Engine.Access;

/// <summary>How making the first admin went.</summary>
public sealed record FirstAdminOutcome(FirstAdminResult Result, IReadOnlyList<IdentityError> Errors);

public enum FirstAdminResult
{
    Made,
    AlreadyThere,
    WrongToken,
    Invalid,
}
