using System.Diagnostics.CodeAnalysis;
using System.Text.RegularExpressions;

namespace AgentControl.Core.Notes;

/// <summary>The rule for a note's name.</summary>
public static partial class NoteName
{
    public const int MaxLength = 120;

    /// <summary>Repeated as a CHECK on the table.</summary>
    public const string Pattern = "^[a-z0-9][a-z0-9._-]*(/[a-z0-9][a-z0-9._-]*)*$";

    /// <summary>What a name looks like, for whoever gave another one.</summary>
    public const string Remedy =
        "A note's name has 1 to 120 characters: a-z, 0-9, '.', '_', '-', and '/' between parts that begin with a letter or digit. No part is called 'versions'.";

    /// <summary>The part of an address behind which a note's history stands.</summary>
    private const string Reserved = "versions";

    public static bool IsValid([NotNullWhen(true)] string? name) =>
        name is { Length: > 0 and <= MaxLength }
        && Rule().IsMatch(name)
        && !name.Split('/').Contains(Reserved, StringComparer.Ordinal);

    [GeneratedRegex(@"\A[a-z0-9][a-z0-9._-]*(?:/[a-z0-9][a-z0-9._-]*)*\z", RegexOptions.CultureInvariant, 1000)]
    private static partial Regex Rule();
}
