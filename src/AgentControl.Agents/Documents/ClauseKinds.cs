namespace AgentControl.Agents.Documents;

/// <summary>The kinds of clause that are looked for.</summary>
public static class ClauseKinds
{
    public const string Termination = "termination";
    public const string Liability = "liability";
    public const string Indemnity = "indemnity";
    public const string Confidentiality = "confidentiality";
    public const string ForceMajeure = "forceMajeure";
    public const string Assignment = "assignment";

    public static IReadOnlyList<string> All { get; } =
    [Termination, Liability, Indemnity, Confidentiality, ForceMajeure, Assignment];
}
