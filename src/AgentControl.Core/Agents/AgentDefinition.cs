using System.ComponentModel.DataAnnotations;
using System.Reflection;
using System.Text.Json;
using System.Text.Json.Nodes;
using System.Text.Json.Schema;
using AgentControl.Core.Budgets;
using AgentControl.Core.Json;

namespace AgentControl.Core.Agents;

/// <summary>An agent as the catalogue knows it: its name, its schemas and how one attempt is run.</summary>
public sealed class AgentDefinition
{
    private readonly Func<IServiceProvider, byte[], IJobContext, CancellationToken, Task<byte[]>> run;

    private AgentDefinition(
        AgentAttribute attribute,
        Type input,
        Type output,
        Func<IServiceProvider, byte[], IJobContext, CancellationToken, Task<byte[]>> run
    )
    {
        Name = attribute.Name;
        Version = attribute.Version;
        Description = attribute.Description;
        Queue = attribute.Queue;
        Internal = attribute.Internal;
        InputType = input;
        OutputType = output;
        InputSchema = AgentSchemas.OfInput(input);
        OutputSchema = AgentSchemas.Of(output);
        this.run = run;
    }

    public string Name { get; }

    public string Version { get; }

    public string Description { get; }

    public string Queue { get; }

    public bool Internal { get; }

    public Type InputType { get; }

    public Type OutputType { get; }

    public JsonNode InputSchema { get; }

    public JsonNode OutputSchema { get; }

    /// <summary>What each of its jobs may use where neither the submission nor <c>AgentControl:Budgets</c> says it.</summary>
    public Budget? Budget { get; private init; }

    /// <summary>Makes the definition of a class that carries <see cref="AgentAttribute"/>.</summary>
    /// <param name="named">Instead of the class's own attribute, where one class stands behind several agents.</param>
    /// <param name="budget">What each job may use by default.</param>
    public static AgentDefinition Of<TAgent, TInput, TOutput>(
        Func<IServiceProvider, TAgent> create,
        AgentAttribute? named = null,
        Budget? budget = null
    )
        where TAgent : class, IAgent<TInput, TOutput>
    {
        var attribute =
            named
            ?? typeof(TAgent).GetCustomAttribute<AgentAttribute>()
            ?? throw new InvalidOperationException(
                $"{typeof(TAgent).Name} carries no [Agent(name, version)] attribute."
            );
        return new AgentDefinition(
            attribute,
            typeof(TInput),
            typeof(TOutput),
            async (services, input, job, cancellationToken) =>
            {
                var value =
                    JournalJson.Deserialize<TInput>(input)
                    ?? throw new Jobs.PermanentFailureException("input", "The job's input is null.");
                var output = await create(services).RunAsync(value, job, cancellationToken);
                return JournalJson.Serialize(output);
            }
        )
        {
            Budget = budget,
        };
    }

    public Task<byte[]> RunAsync(
        IServiceProvider services,
        byte[] input,
        IJobContext job,
        CancellationToken cancellationToken
    ) => run(services, input, job, cancellationToken);

    /// <summary>
    /// Why an input does not fit, by field; empty when it fits. An input type that is an <see cref="IValidatableObject"/> adds rules that no schema says.
    /// </summary>
    public IReadOnlyDictionary<string, string[]> Check(JsonElement input)
    {
        if (input.ValueKind != JsonValueKind.Object)
            return new Dictionary<string, string[]>
            {
                ["input"] = ["Give a JSON object that fits the agent's inputSchema."],
            };
        var errors = new Dictionary<string, string[]>();
        try
        {
            SchemaCheck.Check(InputSchema, input, "input", errors);
            if (errors.Count == 0 && input.Deserialize(InputType, JournalJson.Options) is IValidatableObject rules)
            {
                foreach (var breach in rules.Validate(new ValidationContext(rules)))
                    errors[InputPath(breach)] = [breach.ErrorMessage ?? "It does not fit."];
            }
        }
        catch (JsonException problem)
        {
            var path = problem.Path ?? "$";
            errors["input" + path[1..]] = [SchemaWords.Expected(SchemaWords.At(InputSchema, path))];
        }
        return errors;
    }

    private static string InputPath(ValidationResult breach) =>
        breach.MemberNames.FirstOrDefault() is { } member
            ? $"input.{JsonNamingPolicy.CamelCase.ConvertName(member)}"
            : "input";
}
