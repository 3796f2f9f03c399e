using System.Text.Json;

namespace AgentControl.Core.Approvals;

/// <summary>The fields of terms: their shapes and bounds.</summary>
internal static class ApprovalTermsRules
{
    private const int MostPeople = 20;
    private const int MostNames = 50;
    private const int LongestName = 200;
    private const int ShortestReminder = 60;
    private const int LongestGrace = 300;
    private const int Year = 366 * 86_400;

    public static readonly IReadOnlyList<string> Fields =
    [
        "required",
        "approvers",
        "notStarter",
        "highRisk",
        "decideWithinSeconds",
        "onExpire",
        "escalateTo",
        "remindEverySeconds",
        "graceSeconds",
    ];

    /// <summary>What a field of JSON has to look like.</summary>
    public static string Shape(string field) =>
        field switch
        {
            "approvers" or "escalateTo" => "Use a list of names of groups or people.",
            "notStarter" or "highRisk" => "Use true or false.",
            "onExpire" => "Use reject, escalate or fail.",
            _ => "Use a whole number.",
        };

    /// <summary>The terms with one member of the JSON; null where it has another shape.</summary>
    public static ApprovalTerms? Take(ApprovalTerms terms, JsonProperty member)
    {
        var value = member.Value;
        return member.Name switch
        {
            "required" when Number(value) is { } n => terms with { Required = n },
            "decideWithinSeconds" when Number(value) is { } n => terms with { DecideWithinSeconds = n },
            "remindEverySeconds" when Number(value) is { } n => terms with { RemindEverySeconds = n },
            "graceSeconds" when Number(value) is { } n => terms with { GraceSeconds = n },
            "notStarter" when Flag(value) is { } yes => terms with { NotStarter = yes },
            "highRisk" when Flag(value) is { } yes => terms with { HighRisk = yes },
            "approvers" when Names(value) is { } names => terms with { Approvers = names },
            "escalateTo" when Names(value) is { } names => terms with { EscalateTo = names },
            "onExpire" when Expiry(value) is { } expiry => terms with { OnExpire = expiry },
            _ => null,
        };
    }

    public static void Check(ApprovalTerms terms, bool isPolicy, Action<string, string> wrong)
    {
        Within(terms.Required, 1, MostPeople, "required", "people", wrong);
        Within(terms.DecideWithinSeconds, 1, Year, "decideWithinSeconds", "seconds", wrong);
        Within(terms.RemindEverySeconds, ShortestReminder, Year, "remindEverySeconds", "seconds", wrong);
        Within(terms.GraceSeconds, 0, LongestGrace, "graceSeconds", "seconds", wrong);
        CheckNames(terms.Approvers, "approvers", wrong);
        CheckNames(terms.EscalateTo, "escalateTo", wrong);
        if (terms.EscalateTo is { Count: > 0 } && terms.OnExpire != ApprovalExpiry.Escalate)
            wrong("escalateTo", "Set onExpire to escalate: otherwise nobody is asked after the first.");
        // Whoever starts a job cannot let its requests through by waiting.
        if (terms.OnExpire == ApprovalExpiry.Approve && !isPolicy)
            wrong(
                "onExpire",
                "Use reject, escalate or fail. Only a policy or the agent's code can approve what nobody decided."
            );
        if (terms is { OnExpire: ApprovalExpiry.Approve, HighRisk: true })
            wrong("onExpire", "Use reject, escalate or fail: what is high risk is never approved by waiting.");
        if (terms is { OnExpire: not null, DecideWithinSeconds: null })
            wrong("decideWithinSeconds", "Give the time after which onExpire holds.");
    }

    private static void Within(int? value, int least, int most, string field, string unit, Action<string, string> wrong)
    {
        if (value is { } number && (number < least || number > most))
            wrong(field, $"Use {least} to {most} {unit}.");
    }

    private static void CheckNames(IReadOnlyList<string>? names, string field, Action<string, string> wrong)
    {
        if (names is null)
            return;
        if (names.Count > MostNames)
            wrong(field, $"Name at most {MostNames}. Make a group of them.");
        if (names.Any(n => string.IsNullOrWhiteSpace(n) || n.Length > LongestName || n.Any(char.IsControl)))
            wrong(field, $"Use names of 1 to {LongestName} characters.");
        if (names.Distinct(StringComparer.OrdinalIgnoreCase).Count() < names.Count)
            wrong(field, "Name each once.");
    }

    private static int? Number(JsonElement value) =>
        value.ValueKind == JsonValueKind.Number && value.TryGetInt32(out var number) ? number : null;

    private static bool? Flag(JsonElement value) =>
        value.ValueKind is JsonValueKind.True or JsonValueKind.False ? value.GetBoolean() : null;

    private static IReadOnlyList<string>? Names(JsonElement value) =>
        value.ValueKind == JsonValueKind.Array && value.EnumerateArray().All(v => v.ValueKind == JsonValueKind.String)
            ? [.. value.EnumerateArray().Select(v => v.GetString()!)]
            : null;

    private static ApprovalExpiry? Expiry(JsonElement value) =>
        value.ValueKind == JsonValueKind.String
        && Enum.TryParse<ApprovalExpiry>(value.GetString(), ignoreCase: true, out var expiry)
        && string.Equals(expiry.ToString(), value.GetString(), StringComparison.OrdinalIgnoreCase)
            ? expiry
            : null;
}
