namespace AgentControl.Agents.Documents;

/// <summary>A passage of a document: <c>text[Start..End]</c> is exactly <see cref="Text"/> (positions count UTF-16 units, as JSON and JavaScript do).</summary>
public sealed record Finding(string Text, int Start, int End)
{
    internal static Finding At(string source, int start, int end) => new(source[start..end], start, end);
}

/// <summary>A calendar date and where it is first written.</summary>
public sealed record DateFinding(string Text, int Start, int End, DateOnly Iso);

/// <summary>A sum of money, its value and its ISO 4217 currency.</summary>
public sealed record AmountFinding(string Text, int Start, int End, decimal Value, string Currency);

/// <summary>A clause of one of the kinds in <see cref="ClauseKinds"/>.</summary>
public sealed record ClauseFinding(string Kind, string Text, int Start, int End);
