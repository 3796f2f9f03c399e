namespace AgentControl.Core.Failures;

/// <summary>What people think of a group of failures.</summary>
public static class FailureStatus
{
    public const string Unresolved = "unresolved";
    public const string Resolved = "resolved";
    public const string Ignored = "ignored";

    public static readonly IReadOnlyList<string> All = [Unresolved, Resolved, Ignored];
}
