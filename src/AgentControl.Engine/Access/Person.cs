using Microsoft.AspNetCore.Identity;

namespace AgentControl.Engine.Access;

/// <summary>Somebody who signs in.</summary>
public sealed class Person : IdentityUser<Guid>
{
    /// <summary>The name that others see beside decisions and comments.</summary>
    public string DisplayName { get; set; } = "";

    public DateTimeOffset CreatedAt { get; set; }
}
