using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text;

namespace AgentControl.Engine.Workspaces;

/// <summary>A checked file name inside a workspace, such as <c>inbox/lease.txt</c>. Nothing else names a file.</summary>
/// <remarks>Names are rows, never paths on a disk; the rules keep them safe for whoever downloads them too.</remarks>
public sealed record WorkspacePath
{
    public const int MaxBytes = 1024;
    public const int MaxSegmentBytes = 255;
    public const int MaxDepth = 32;

    private static readonly HashSet<string> Devices = new(StringComparer.OrdinalIgnoreCase)
    {
        "CON",
        "PRN",
        "AUX",
        "NUL",
        "COM1",
        "COM2",
        "COM3",
        "COM4",
        "COM5",
        "COM6",
        "COM7",
        "COM8",
        "COM9",
        "LPT1",
        "LPT2",
        "LPT3",
        "LPT4",
        "LPT5",
        "LPT6",
        "LPT7",
        "LPT8",
        "LPT9",
    };

    private WorkspacePath(string value) => Value = value;

    /// <summary>The name in Unicode normal form C, case kept.</summary>
    public string Value { get; }

    /// <summary>The part behind the last slash.</summary>
    public string Name => Value[(Value.LastIndexOf('/') + 1)..];

    /// <summary>The folder with its slash, or nothing at the top.</summary>
    public string Folder => Value[..(Value.LastIndexOf('/') + 1)];

    public override string ToString() => Value;

    /// <summary>Parses a name that the program made itself.</summary>
    public static WorkspacePath Of(string value) =>
        TryParse(value, out var path, out var problem) ? path : throw new ArgumentException(problem, nameof(value));

    /// <summary>Checks a name; <paramref name="problem"/> is a sentence for the person who sent it.</summary>
    public static bool TryParse(
        [NotNullWhen(true)] string? value,
        [NotNullWhen(true)] out WorkspacePath? path,
        [NotNullWhen(false)] out string? problem
    )
    {
        path = null;
        problem = Problem(value);
        if (problem is not null)
            return false;
        path = new WorkspacePath(value!.Normalize(NormalizationForm.FormC));
        return true;
    }

    /// <summary>Checks the beginning of names: empty, or a name that may end in a slash or in mid-word.</summary>
    public static bool IsPrefix(string prefix) =>
        prefix.Length <= MaxBytes
        && Unwritable(prefix) is null
        && !prefix.StartsWith('/')
        && !prefix.Split('/').Any(part => part is "." or "..");

    private static string? Problem(string? value)
    {
        if (string.IsNullOrEmpty(value))
            return "The file name is empty: name a file, such as inbox/lease.txt.";
        if (value.Length > MaxBytes)
            return $"The file name is longer than {MaxBytes} bytes: shorten it.";
        if (Unwritable(value) is { } character)
            return character;
        var normal = value.Normalize(NormalizationForm.FormC);
        if (Encoding.UTF8.GetByteCount(normal) > MaxBytes)
            return $"The file name is longer than {MaxBytes} bytes: shorten it.";
        if (normal[0] == '/')
            return "The file name begins with a slash: names are relative to the workspace.";
        var segments = normal.Split('/');
        if (segments.Length > MaxDepth)
            return $"The file name has more than {MaxDepth} folders: put it less deep.";
        return segments.Select(SegmentProblem).FirstOrDefault(p => p is not null);
    }

    private static string? SegmentProblem(string segment)
    {
        if (segment.Length == 0)
            return "The file name has an empty part: write single slashes, and none at the end.";
        if (Encoding.UTF8.GetByteCount(segment) > MaxSegmentBytes)
            return $"A part of the file name is longer than {MaxSegmentBytes} bytes: shorten it.";
        if (segment.All(c => c == '.') || Hides(segment))
            return "The file name has a part that leaves its folder (such as ..): name the file directly.";
        if (segment[^1] is '.' or ' ' || segment[0] == ' ')
            return "A part of the file name begins or ends with a space, or ends with a dot: take it away.";
        if (Devices.Contains(segment.Split('.')[0].TrimEnd()))
            return $"{segment} is a device's name on Windows: choose another.";
        return null;
    }

    // A name that is still percent-encoded after the server decoded it once hides a separator from this check.
    private static bool Hides(string segment)
    {
        if (!segment.Contains('%', StringComparison.Ordinal))
            return false;
        var decoded = Uri.UnescapeDataString(segment);
        return decoded.AsSpan().IndexOfAny("/\\\0") >= 0 || decoded.All(c => c == '.');
    }

    private static string? Unwritable(string value)
    {
        foreach (var rune in value.EnumerateRunes())
        {
            if (rune == Rune.ReplacementChar)
                return "The file name is not valid Unicode: save it under another name.";
            if (rune.Value == '\\')
                return "The file name has a backslash: write folders with /.";
            if (
                Rune.GetUnicodeCategory(rune)
                is UnicodeCategory.Control
                    or UnicodeCategory.LineSeparator
                    or UnicodeCategory.ParagraphSeparator
            )
                return $"The file name has the control character U+{rune.Value:X4}: take it away.";
            if (
                rune.Value
                is (>= 0x202A and <= 0x202E)
                    or (>= 0x2066 and <= 0x2069)
                    or 0x200E
                    or 0x200F
                    or 0x200B
                    or 0xFEFF
            )
                return $"The file name has the invisible character U+{rune.Value:X4}: take it away.";
            if ((rune.Value & 0xFFFE) == 0xFFFE || rune.Value is >= 0xFDD0 and <= 0xFDEF)
                return $"The file name has U+{rune.Value:X4}, which is no character: take it away.";
        }
        return null;
    }
}
