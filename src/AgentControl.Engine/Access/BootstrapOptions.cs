namespace AgentControl.Engine.Access;

/// <summary>Configuration <c>AgentControl:Bootstrap</c>: an admin or an admin's key to make at start.</summary>
public sealed class BootstrapOptions
{
    public const string Section = "AgentControl:Bootstrap";
    private const int ShortestKey = 16;

    public string? ApiKey { get; set; }
    public string? AdminEmail { get; set; }
    public string? AdminPassword { get; set; }

    /// <summary>Everything that is wrong, each with its key and remedy.</summary>
    public IReadOnlyList<string> Errors()
    {
        var errors = new List<string>();
        if (ApiKey is { Length: > 0 and < ShortestKey })
            errors.Add(
                $"{Section}:ApiKey has {ApiKey.Length} characters. Give it at least {ShortestKey}, from a random source."
            );
        if (string.IsNullOrEmpty(AdminEmail) != string.IsNullOrEmpty(AdminPassword))
            errors.Add($"{Section}:AdminEmail and {Section}:AdminPassword belong together. Set both, or neither.");
        if (AdminEmail is [_, ..] && !AdminEmail.Contains('@', StringComparison.Ordinal))
            errors.Add($"{Section}:AdminEmail is no e-mail address: it has no @.");
        return errors;
    }
}
