using System.Text.Json;
using AgentControl.Core.LanguageModels;
using AgentControl.Engine.Access;
using AgentControl.Web.Access;
using AgentControl.Web.Hosting;
using Microsoft.AspNetCore.Http.HttpResults;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using Role = AgentControl.Engine.Access.Role;

namespace AgentControl.Web.Mcp;

/// <summary>What a call of a tool does to what is there.</summary>
internal enum ToolEffect
{
    Reads,

    /// <summary>Each call adds something, unless it carries the same idempotency key.</summary>
    Adds,

    /// <summary>A second call of the same kind changes nothing more.</summary>
    Sets,

    /// <summary>As <see cref="Sets"/>, and work may be lost by it.</summary>
    Ends,
}

/// <summary>A tool that this program serves: its words, the least role that it takes, and what it does.</summary>
internal abstract class ServedTool(Tool tool, Role least) : McpServerTool
{
    /// <summary>In some workspace; in which one, the tool looks at by itself.</summary>
    public Role Least { get; } = least;

    public override Tool ProtocolTool { get; } = tool;

    public override IReadOnlyList<object> Metadata => [Least];

    /// <typeparam name="THandlers">The class that answers, from the request's services.</typeparam>
    /// <typeparam name="TArguments">A record: its members are the arguments, their attributes the schema.</typeparam>
    /// <typeparam name="TAnswer">The structured content.</typeparam>
    public static ServedTool Of<THandlers, TArguments, TAnswer>(
        string name,
        string title,
        string description,
        Role least,
        ToolEffect effect,
        Func<THandlers, TArguments, ToolCall, Task<Results<Ok<TAnswer>, ProblemHttpResult>>> run
    )
        where THandlers : class
        where TArguments : class
        where TAnswer : class
    {
        var shape = new ToolShape<TArguments>();
        var tool = new Tool
        {
            Name = name,
            Title = title,
            Description = description,
            InputSchema = ToolSchemas.Arguments(shape.Schema),
            OutputSchema = ToolSchemas.Answer<TAnswer>(),
            Annotations = Hints(title, effect),
        };
        return new Typed<THandlers, TArguments, TAnswer>(tool, least, shape, run);
    }

    private static ToolAnnotations Hints(string title, ToolEffect effect) =>
        new()
        {
            Title = title,
            ReadOnlyHint = effect == ToolEffect.Reads,
            DestructiveHint = effect == ToolEffect.Ends,
            IdempotentHint = effect != ToolEffect.Adds,
            // Agents that go on may do what their own tools let them.
            OpenWorldHint = effect != ToolEffect.Reads,
        };

    private sealed class Typed<THandlers, TArguments, TAnswer>(
        Tool tool,
        Role least,
        ToolShape<TArguments> shape,
        Func<THandlers, TArguments, ToolCall, Task<Results<Ok<TAnswer>, ProblemHttpResult>>> run
    ) : ServedTool(tool, least)
        where THandlers : class
        where TArguments : class
        where TAnswer : class
    {
        public override async ValueTask<CallToolResult> InvokeAsync(
            RequestContext<CallToolRequestParams> request,
            CancellationToken cancellationToken = default
        )
        {
            var call = ToolCall.Of(request, cancellationToken);
            try
            {
                if (!await call.MayAsync(Least))
                    return ToolAnswers.Of(AccessProblems.Forbidden(AccessProblems.Needs(Least)));
                var arguments = ToolArguments.Read(request.Params?.Arguments, shape);
                var answer = await run(call.Get<THandlers>(), arguments, call);
                return answer.Result is Ok<TAnswer> { Value: { } value }
                    ? ToolAnswers.Of(value)
                    : ToolAnswers.Of((ProblemHttpResult)answer.Result);
            }
            catch (Exception problem) when (!cancellationToken.IsCancellationRequested)
            {
                return ToolAnswers.Of(call.Get<ExceptionProblems>().Of(problem, "MCP", ProtocolTool.Name));
            }
        }
    }
}
