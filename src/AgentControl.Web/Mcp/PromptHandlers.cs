using AgentControl.Web.Access;
using Microsoft.AspNetCore.Http.HttpResults;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace AgentControl.Web.Mcp;

/// <summary>Prompts for clients: what people ask of their assistants again and again.</summary>
internal static class PromptHandlers
{
    private const string NeedsMe = "what_needs_me";
    private const string Explain = "explain_job";
    private const string JobArgument = "job";

    private static readonly Prompt[] _all =
    [
        new()
        {
            Name = NeedsMe,
            Title = "What needs me?",
            Description =
                "What waits for this key's owner to decide, what stands paused, and what failed in the last day.",
        },
        new()
        {
            Name = Explain,
            Title = "What about this job?",
            Description = "How a job stands, what it did last, and what could be done now.",
            Arguments =
            [
                new PromptArgument
                {
                    Name = JobArgument,
                    Description = "A job's id or short id.",
                    Required = true,
                },
            ],
        },
    ];

    public static ValueTask<ListPromptsResult> ListAsync(
        RequestContext<ListPromptsRequestParams> request,
        CancellationToken stop
    ) => ValueTask.FromResult(new ListPromptsResult { Prompts = [.. _all] });

    public static ValueTask<GetPromptResult> GetAsync(
        RequestContext<GetPromptRequestParams> request,
        CancellationToken stop
    ) =>
        McpFailures.GuardAsync(
            request.Services!,
            "prompts/get",
            async () =>
            {
                var prompts = request.Services!.GetRequiredService<ServedPrompts>();
                switch (request.Params?.Name)
                {
                    case NeedsMe:
                        return Say(await prompts.NeedsAsync(request.User!.RequireCaller(), stop), _all[0]);
                    case Explain:
                        var job =
                            request.Params.Arguments?.TryGetValue(JobArgument, out var value) == true
                            && value.ToString() is { Length: > 0 } given
                                ? given
                                : throw new McpProtocolException(
                                    "job: It is missing. Give a job's id or short id.",
                                    McpErrorCode.InvalidParams
                                );
                        var said = await prompts.ExplainAsync(job, request.User!, stop);
                        return said.Result is Ok<string> { Value: { } text }
                            ? Say(text, _all[1])
                            : throw McpFailures.Of(
                                (ProblemHttpResult)said.Result,
                                request.Server.NegotiatedProtocolVersion
                            );
                    case var name:
                        throw new McpProtocolException(
                            $"There is no prompt {name}. Use one of: {string.Join(", ", _all.Select(p => p.Name))}.",
                            McpErrorCode.InvalidParams
                        );
                }
            },
            stop
        );

    private static GetPromptResult Say(string text, Prompt prompt) =>
        new()
        {
            Description = prompt.Description,
            Messages =
            [
                new PromptMessage
                {
                    Role = Role.User,
                    Content = new TextContentBlock { Text = text },
                },
            ],
        };
}
