using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Serialization;
using AgentControl.Core.Approvals;

namespace AgentControl.Web.Approvals.Rules;

/// <summary>Terms of approvals as people fill them in: times in minutes, names with commas between. What is left empty says nothing.</summary>
public sealed class TermsForm
{
    public string Required { get; set; } = "";
    public string Approvers { get; set; } = "";
    public bool NotStarter { get; set; }
    public bool HighRisk { get; set; }
    public string WithinMinutes { get; set; } = "";
    public string OnExpire { get; set; } = "";
    public string EscalateTo { get; set; } = "";
    public string RemindMinutes { get; set; } = "";
    public string GraceSeconds { get; set; } = "";

    /// <summary>What is wrong, by the name of the term.</summary>
    [JsonIgnore]
    public IReadOnlyDictionary<string, string> Errors { get; private set; } = new Dictionary<string, string>();

    [JsonIgnore]
    public bool IsEmpty =>
        !NotStarter
        && !HighRisk
        && new[] { Required, Approvers, WithinMinutes, OnExpire, EscalateTo, RemindMinutes, GraceSeconds }.All(
            string.IsNullOrWhiteSpace
        );

    public static TermsForm Of(ApprovalTerms terms)
    {
        ArgumentNullException.ThrowIfNull(terms);
        return new()
        {
            Required = Number(terms.Required),
            Approvers = string.Join(", ", terms.Approvers ?? []),
            NotStarter = terms.NotStarter == true,
            HighRisk = terms.HighRisk == true,
            WithinMinutes = Minutes(terms.DecideWithinSeconds),
            OnExpire = terms.OnExpire is { } expiry ? JsonNamingPolicy.CamelCase.ConvertName(expiry.ToString()) : "",
            EscalateTo = string.Join(", ", terms.EscalateTo ?? []),
            RemindMinutes = Minutes(terms.RemindEverySeconds),
            GraceSeconds = Number(terms.GraceSeconds),
        };
    }

    /// <summary>The JSON object of the terms; null where something is wrong, and <see cref="Errors"/> says what.</summary>
    /// <param name="isPolicy">Admins may say that waiting approves.</param>
    public JsonElement? Read(bool isPolicy)
    {
        var errors = new Dictionary<string, string>(StringComparer.Ordinal);
        var terms = new JsonObject();
        Put(terms, "required", Required, 1, errors);
        Put(terms, "decideWithinSeconds", WithinMinutes, 60, errors);
        Put(terms, "remindEverySeconds", RemindMinutes, 60, errors);
        Put(terms, "graceSeconds", GraceSeconds, 1, errors);
        Put(terms, "approvers", Approvers);
        Put(terms, "escalateTo", EscalateTo);
        if (NotStarter)
            terms["notStarter"] = true;
        if (HighRisk)
            terms["highRisk"] = true;
        if (OnExpire.Length > 0)
            terms["onExpire"] = OnExpire;
        var json = JsonSerializer.SerializeToElement(terms);
        ApprovalTerms.Read(json, "", (field, why) => errors.TryAdd(field.TrimStart('.'), why), isPolicy);
        Errors = errors;
        return errors.Count == 0 ? json : null;
    }

    /// <summary>The end of the id of a term's control.</summary>
    public static string FieldOf(string term) =>
        term switch
        {
            "decideWithinSeconds" => "within",
            "remindEverySeconds" => "remind",
            "graceSeconds" => "grace",
            "escalateTo" => "next",
            "onExpire" => "expire",
            _ => term,
        };

    /// <summary>The control of a field of a submission's <c>approvalPolicy</c>; null where the field is another.</summary>
    /// <param name="prefix">With which the ids of the controls begin.</param>
    public static string? ControlOf(string field, string prefix) =>
        field.StartsWith("approvalPolicy.", StringComparison.Ordinal)
            ? $"{prefix}-{FieldOf(field["approvalPolicy.".Length..].Split('[')[0])}"
            : null;

    private static void Put(JsonObject terms, string name, string typed, int unit, Dictionary<string, string> errors)
    {
        if (string.IsNullOrWhiteSpace(typed))
            return;
        if (
            double.TryParse(typed.Trim().Replace(',', '.'), CultureInfo.InvariantCulture, out var number)
            && Math.Abs(number * unit) < int.MaxValue
            && Math.Abs((number * unit) - Math.Round(number * unit)) < 1e-6
        )
            terms[name] = (int)Math.Round(number * unit);
        else
            errors[name] = unit == 1 ? "Use a whole number." : "Use a number of minutes, such as 30 or 1.5.";
    }

    private static void Put(JsonObject terms, string name, string typed)
    {
        var names = typed.Split(',', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);
        if (names.Length > 0)
            terms[name] = new JsonArray([.. names.Select(n => (JsonNode)n)]);
    }

    private static string Number(int? value) => value?.ToString(CultureInfo.InvariantCulture) ?? "";

    private static string Minutes(int? seconds) =>
        seconds is { } given ? (given / 60d).ToString("0.####", CultureInfo.InvariantCulture) : "";
}
