namespace AgentControl.Core.Steps;

/// <summary>Keys of the journal: scope path, name and count in that scope, as in <c>docs[17]/summarise#1</c>.</summary>
public static class StepKey
{
    /// <summary>Longest key, in characters; longer names are a bug of the agent.</summary>
    public const int MaxLength = 500;

    public static string Of(string scope, string name, int count) =>
        Checked(scope.Length == 0 ? $"{name}#{count}" : $"{scope}/{name}#{count}");

    public static string Item(string scope, string name, int count, int index) =>
        Checked(scope.Length == 0 ? $"{name}#{count}[{index}]" : $"{scope}/{name}#{count}[{index}]");

    /// <summary>The scope that a key belongs to: everything before its last slash.</summary>
    public static string ScopeOf(string key)
    {
        var slash = key.LastIndexOf('/');
        return slash < 0 ? "" : key[..slash];
    }

    /// <summary>The key itself, where it is not too long.</summary>
    public static string Checked(string key) =>
        key.Length <= MaxLength
            ? key
            : throw new Jobs.PermanentFailureException(
                "keyTooLong",
                $"The step key '{key[..80]}…' has {key.Length} characters; at most {MaxLength} are allowed. Use a shorter name or an explicit key."
            );
}
