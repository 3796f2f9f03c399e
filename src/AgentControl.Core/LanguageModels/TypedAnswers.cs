using System.Text.Json;
using System.Text.Json.Nodes;
using AgentControl.Core.Agents;
using AgentControl.Core.Json;

namespace AgentControl.Core.LanguageModels;

/// <summary>Answers in a form that a program can use.</summary>
public static class TypedAnswers
{
    private const string Fence = "```";

    /// <summary>
    /// Asks for JSON of the shape of <typeparamref name="T"/>. An answer that does not fit goes back once with what is wrong with it, as a step of its own
    /// (<c>name-repair</c>); what fits neither then comes back without a value.
    /// </summary>
    /// <param name="check">More that must hold of an answer that has the right shape; each breach in a sentence that the model can act on.</param>
    /// <exception cref="Steps.StepFailedException">No model of the route answered.</exception>
    public static async Task<TypedAnswer<T>> AskModelForAsync<T>(
        this IJobContext job,
        IModels models,
        string name,
        string route,
        ModelRequest request,
        Func<T, IEnumerable<string>>? check = null
    )
        where T : class
    {
        ArgumentNullException.ThrowIfNull(request);
        var schema = AgentSchemas.OfInput(typeof(T));
        var asked = request with { ResponseSchema = JsonSerializer.SerializeToElement(schema, JournalJson.Options) };
        var first = await job.AskModelAsync(models, name, route, asked);
        var read = Read(first, schema, check);
        if (read.Value is not null)
            return read;
        var again = asked with
        {
            Messages = [.. asked.Messages, ModelMessage.Assistant(first), ModelMessage.User(Complaint(read.Problems))],
        };
        return Read(await job.AskModelAsync(models, name + "-repair", route, again), schema, check);
    }

    private static TypedAnswer<T> Read<T>(ModelAnswer answer, JsonNode schema, Func<T, IEnumerable<string>>? check)
        where T : class
    {
        try
        {
            using var json = JsonDocument.Parse(Bare(answer.Text));
            var breaches = new Dictionary<string, string[]>(StringComparer.Ordinal);
            SchemaCheck.Check(schema, json.RootElement, "answer", breaches);
            var problems = breaches.SelectMany(b => b.Value.Select(said => $"{b.Key}: {said}")).ToList();
            var value = problems.Count == 0 ? json.RootElement.Deserialize<T>(JournalJson.Options) : null;
            if (value is not null && check is not null)
                problems.AddRange(check(value));
            return new(problems.Count == 0 ? value : null, answer, problems);
        }
        catch (JsonException broken)
        {
            return new(null, answer, [$"answer: this is no JSON of that shape. {broken.Message}"]);
        }
    }

    /// <summary>Models like to wrap JSON into a code block.</summary>
    private static string Bare(string text)
    {
        var bare = text.Trim();
        if (!bare.StartsWith(Fence, StringComparison.Ordinal) || !bare.EndsWith(Fence, StringComparison.Ordinal))
            return bare;
        var line = bare.IndexOf('\n', StringComparison.Ordinal);
        return line < 0 || line >= bare.Length - Fence.Length ? bare : bare[line..^Fence.Length];
    }

    private static string Complaint(IReadOnlyList<string> problems) =>
        "Your answer cannot be used:\n"
        + string.Join('\n', problems.Take(20).Select(problem => "- " + problem))
        + "\nAnswer again with the whole JSON, corrected, and nothing else.";
}

/// <summary>What a model said, and the value that could be read from it.</summary>
/// <param name="Value">Null where the answer did not fit, not even after its repair.</param>
/// <param name="Answer">The last answer.</param>
/// <param name="Problems">What was wrong with it, in sentences; empty where there is a value.</param>
public sealed record TypedAnswer<T>(T? Value, ModelAnswer Answer, IReadOnlyList<string> Problems)
    where T : class;
