using System.Text.Json;
using AgentControl.Core.Approvals;

namespace AgentControl.Agents.Questions;

/// <summary>A question to a person as a request, and the answer as text.</summary>
internal static class PersonQuestion
{
    public const int MostOptions = 20;
    private const int InTitle = 120;

    /// <summary>Options that people can tell apart, or null where there are too many, or one that is empty.</summary>
    public static IReadOnlyList<string>? Choices(IReadOnlyList<string>? options)
    {
        var choices = (options ?? []).Distinct(StringComparer.Ordinal).ToList();
        return choices.Count > MostOptions || choices.Exists(string.IsNullOrWhiteSpace) ? null : choices;
    }

    /// <param name="body">Who asks, and what happens with the answer.</param>
    public static ApprovalRequest Of(string question, IReadOnlyList<string> choices, string body) =>
        new()
        {
            Kind = ApprovalKinds.Question,
            Title = Title(question),
            Body = body,
            Content = question,
            Decisions =
                choices.Count == 0 ? [ApprovalDecision.Respond] : [ApprovalDecision.Choose, ApprovalDecision.Respond],
            Options = [.. choices.Select(option => new ApprovalOption(option, option))],
        };

    public static string Said(ApprovalOutcome outcome) =>
        outcome.Value is { ValueKind: JsonValueKind.String } text
            ? text.GetString()!
            : outcome.Value?.GetRawText() ?? "";

    private static string Title(string question)
    {
        var line = question.ReplaceLineEndings(" ");
        return line.Length <= InTitle ? line : line[..InTitle] + "…";
    }
}
