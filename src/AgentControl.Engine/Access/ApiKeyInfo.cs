namespace AgentControl.Engine.Access;

/// <summary>A key as people may see it: everything but its secret.</summary>
public sealed record ApiKeyInfo(
    Guid Id,
    string Name,
    string Prefix,
    Role Role,
    string Workspace,
    Guid? OwnerId,
    string? OwnerName,
    DateTimeOffset CreatedAt,
    DateTimeOffset? ExpiresAt,
    DateTimeOffset? RevokedAt,
    DateTimeOffset? LastUsedAt
);

/// <summary>A key to be made.</summary>
/// <param name="OwnerId">The person it belongs to; null makes it a program's own.</param>
public sealed record NewApiKey(string? Name, Role? Role)
{
    public string Workspace { get; init; } = Caller.Everywhere;
    public Guid? OwnerId { get; init; }
    public DateTimeOffset? ExpiresAt { get; init; }
}

/// <summary>How making a key went.</summary>
public abstract record ApiKeyOutcome
{
    private ApiKeyOutcome() { }

    /// <param name="Secret">Shown this once; nothing can bring it back.</param>
    public sealed record Created(ApiKeyInfo Key, string Secret) : ApiKeyOutcome;

    /// <summary>By field, each with its remedy.</summary>
    public sealed record Invalid(IReadOnlyDictionary<string, string[]> Errors) : ApiKeyOutcome;
}
