using System.Text.Json;
using System.Text.Json.Nodes;
using AgentControl.Core.Approvals;
using AgentControl.Engine.Approvals;
using AgentControl.Web.Jobs.Form;
using AgentControl.Web.Shared;

namespace AgentControl.Web.Approvals;

/// <summary>What a decision sends: always bound to the revision that was on the screen.</summary>
public sealed record DecisionToSend(
    Guid ApprovalId,
    ApprovalDecision Decision,
    int Revision,
    string? Comment,
    JsonElement? Value
);

/// <summary>The second of the two steps of a decision: it is opened, filled in, checked, and only then sent.</summary>
public sealed class DecisionBar
{
    /// <summary>The content as the editor writes it, so that its layout is no change.</summary>
    private readonly string original;

    public DecisionBar(ApprovalView request)
    {
        ArgumentNullException.ThrowIfNull(request);
        Request = request;
        Form = FormOf(request);
        Edited = original = Form?.Json ?? request.Content;
    }

    public ApprovalView Request { get; }

    /// <summary>The fields of an edit, where the content has a schema; null where it is edited as text.</summary>
    public SchemaForm? Form { get; }

    /// <summary>The decision being prepared; null while the bar is closed.</summary>
    public ApprovalDecision? Open { get; private set; }

    public string Comment { get; set; } = "";
    public string Answer { get; set; } = "";
    public string? Option { get; set; }
    public string Edited { get; set; }
    public string? Error { get; private set; }
    public bool IsSending { get; private set; }

    public IReadOnlyList<DiffLine> Changes => Edited == original ? [] : LineDiff.Of(original, Edited);

    /// <summary>High risk: approving takes a comment, and more than a key.</summary>
    public bool NeedsWhy => Request.HighRisk && Open is (ApprovalDecision.Approve or ApprovalDecision.Edit);

    public bool Offers(ApprovalDecision decision) => Request.Decisions.Contains(Word(decision));

    /// <summary>Takes over what was filled in.</summary>
    public void Take() =>
        Edited = Form is { JsonProblem: null } form ? form.Value.ToJsonString(FormJson.Indented) : Edited;

    /// <summary>Shows the second step; pressing the key again changes nothing.</summary>
    public bool Start(ApprovalDecision decision)
    {
        if (IsSending || Open == decision || !Offers(decision))
            return false;
        (Open, Error) = (decision, null);
        return true;
    }

    public void Close()
    {
        if (!IsSending)
            (Open, Error) = (null, null);
    }

    /// <summary>Null where something is missing; <see cref="Error"/> then says what.</summary>
    public DecisionToSend? Confirm()
    {
        if (Open is not { } decision || IsSending)
            return null;
        Error = decision switch
        {
            ApprovalDecision.Approve or ApprovalDecision.Edit when NeedsWhy && string.IsNullOrWhiteSpace(Comment) =>
                "Say why it is right: this is high risk, and approving it needs a comment.",
            ApprovalDecision.Reject when string.IsNullOrWhiteSpace(Comment) =>
                "Give a reason. The agent gets it as you write it.",
            ApprovalDecision.Respond when string.IsNullOrWhiteSpace(Answer) => "Write an answer.",
            ApprovalDecision.Choose when Option is null => "Choose one of the options.",
            ApprovalDecision.Edit when Form is { } form && !form.Check() =>
                $"{Formats.Count(form.Errors.Count, "thing")} to put right: {string.Join(" ", form.Errors.Take(3).Select(e => e.Message))}",
            ApprovalDecision.Edit when IsJson && !IsValidJson(Edited) =>
                "The edited text is no valid JSON. Put it right, or leave the editor.",
            _ => null,
        };
        if (Error is not null)
            return null;
        IsSending = true;
        // An edit that changed nothing is an approval of what was shown.
        var sent = decision == ApprovalDecision.Edit && Edited == original ? ApprovalDecision.Approve : decision;
        return new DecisionToSend(
            Request.Id,
            sent,
            Request.Revision,
            string.IsNullOrWhiteSpace(Comment) ? null : Comment.Trim(),
            Value(sent)
        );
    }

    /// <summary>The decision did not stand: the bar stays open with what was typed.</summary>
    public void Failed(string why) => (IsSending, Error) = (false, why);

    /// <summary>The decision stands and others are asked too.</summary>
    public void Noted() => (IsSending, Open, Error) = (false, null, null);

    public static string Word(ApprovalDecision decision) => JsonNamingPolicy.CamelCase.ConvertName(decision.ToString());

    public string ConfirmText =>
        Open switch
        {
            ApprovalDecision.Approve => "Approve",
            ApprovalDecision.Reject => "Reject",
            ApprovalDecision.Respond => "Send answer",
            ApprovalDecision.Choose => "Choose",
            ApprovalDecision.Edit when LineDiff.Changes(Changes) is var n and > 0 =>
                $"Approve with {n} {(n == 1 ? "change" : "changes")}",
            ApprovalDecision.Edit => "Approve unchanged",
            _ => "",
        };

    private bool IsJson => Request.ContentType == "application/json";

    private static SchemaForm? FormOf(ApprovalView request)
    {
        if (request.EditSchema is not { } schema || JsonNode.Parse(schema.Utf8) is not JsonObject node)
            return null;
        try
        {
            var form = new SchemaForm(node);
            form.Fill(JsonNode.Parse(request.Content));
            return form.Root is { Kind: FieldKind.Group, Members.Count: > 0 } ? form : null;
        }
        // A schema of a server outside, or content that is no JSON: it is edited as text.
        catch (Exception unreadable) when (unreadable is JsonException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    private JsonElement? Value(ApprovalDecision decision) =>
        decision switch
        {
            ApprovalDecision.Respond => JsonSerializer.SerializeToElement(Answer),
            ApprovalDecision.Choose => JsonSerializer.SerializeToElement(Option),
            ApprovalDecision.Edit when IsJson => JsonSerializer.Deserialize<JsonElement>(Edited),
            ApprovalDecision.Edit => JsonSerializer.SerializeToElement(Edited),
            _ => null,
        };

    private static bool IsValidJson(string text)
    {
        try
        {
            using var document = JsonDocument.Parse(text);
            return true;
        }
        catch (JsonException)
        {
            return false;
        }
    }
}
