using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace AgentControl.Engine.Workspaces;

/// <summary>The rule for a workspace's name.</summary>
public static partial class WorkspaceName
{
    public const string Default = "default";

    /// <summary>Repeated as a CHECK on the table.</summary>
    public const string Pattern = "^[a-z0-9][a-z0-9-]{0,62}$";

    public static bool IsValid([NotNullWhen(true)] string? name) => name is not null && Rule().IsMatch(name);

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9-]{0,62}\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Rule();
}
