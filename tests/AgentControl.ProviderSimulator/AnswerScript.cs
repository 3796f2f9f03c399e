using System.Text.RegularExpressions;

namespace AgentControl.Simulation;

/// <summary>
/// Says what the model answers. Every answer is made from the conversation alone, so one that is played again gets the same. Without a script it
/// repeats what it was told; a line <c>call:tool {json}</c> in the last message makes it call that tool.
/// </summary>
public sealed partial class AnswerScript
{
    private volatile Func<Conversation, Answer?>? script;

    /// <summary>From now on this answers; where it says null, the default does.</summary>
    public void Use(Func<Conversation, Answer?> answers) => script = answers;

    /// <summary>The first answer to a conversation in which the model has not spoken yet, and so on; behind the last one the default answers.</summary>
    public void ByRound(params Answer[] answers) =>
        Use(conversation => conversation.Round < answers.Length ? answers[conversation.Round] : null);

    public void Reset() => script = null;

    internal Answer For(Conversation conversation)
    {
        var answer = script?.Invoke(conversation) ?? Default(conversation);
        return answer with
        {
            Calls =
            [
                .. answer.Calls.Select(
                    (call, index) =>
                        call.Id.Length > 0 ? call : call with { Id = $"call_{conversation.Round + 1}_{index + 1}" }
                ),
            ],
        };
    }

    private static Answer Default(Conversation conversation)
    {
        if (conversation.LastResults is [var result, ..])
            return new($"The tool said: {result.Text}");
        if (CallLine().Match(conversation.LastText) is { Success: true } match)
            return Answer.Call(
                match.Groups["name"].Value,
                match.Groups["json"] is { Length: > 0 } json ? json.Value : "{}"
            );
        return new(conversation.Schema is null ? $"You said: {conversation.LastText}" : "{}");
    }

    [GeneratedRegex(
        @"call:(?<name>[\w.-]+)\s*(?<json>\{.*\})?",
        RegexOptions.ExplicitCapture | RegexOptions.Singleline,
        1000
    )]
    private static partial Regex CallLine();
}
