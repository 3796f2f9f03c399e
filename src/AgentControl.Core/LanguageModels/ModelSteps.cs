using AgentControl.Core.Agents;
using AgentControl.Core.Jobs;
using AgentControl.Core.Steps;

namespace AgentControl.Core.LanguageModels;

/// <summary>Models as durable steps.</summary>
public static class ModelSteps
{
    /// <summary>The kind of a step that asks a model.</summary>
    public const string Kind = "model";

    /// <summary>
    /// Asks the models of a route, each in a step of its own: the first one's is called <paramref name="name"/>, a fallback's <c>name@provider</c>. An answer
    /// is recorded and never asked for again; so is the failure that sends it to the next model, so a replay takes the same way whatever the set-up says by then.
    /// </summary>
    /// <param name="route">A name of <c>AgentControl:Models</c>.</param>
    /// <exception cref="StepFailedException">The last model of the route failed for good, or an earlier one in a way that none may take over.</exception>
    public static async Task<ModelAnswer> AskModelAsync(
        this IJobContext job,
        IModels models,
        string name,
        string route,
        ModelRequest request
    )
    {
        ArgumentNullException.ThrowIfNull(job);
        ArgumentNullException.ThrowIfNull(models);
        ArgumentNullException.ThrowIfNull(request);
        var way = models.Route(route);
        // A step that is recorded answers whatever has become of its route.
        var target = way?.Primary ?? new ModelTarget("none", route);
        var step = name;
        while (true)
        {
            try
            {
                return await job.StepAsync(step, request, Ask(models, route, way, target), Options(way, target));
            }
            catch (StepFailedException failed) when (failed.Failure.Fallback is { } next)
            {
                await job.ReportAnomalyAsync(
                    "fallbackUsed",
                    $"{next} takes over from {target} for {name}: {failed.Failure.Message}",
                    new
                    {
                        step = failed.Key,
                        from = target.ToString(),
                        to = next,
                        reason = failed.Failure.Type,
                    }
                );
                target = ModelTarget.Parse(next);
                target = way?.Known(target) ?? target;
                step = $"{name}@{target.Provider}";
            }
        }
    }

    private static Func<ModelRequest, StepCall, Task<ModelAnswer>> Ask(
        IModels models,
        string route,
        ModelRoute? way,
        ModelTarget target
    ) =>
        (request, call) =>
            way is null
                ? throw new PermanentFailureException(
                    "unknownRoute",
                    $"There is no route '{route}'. Set AgentControl:Models:{route}:Primary."
                )
                : models.AskAsync(
                    target,
                    request with
                    {
                        MaxOutputTokens = request.MaxOutputTokens ?? way.MaxOutputTokens,
                    },
                    call,
                    call.Write,
                    call.CancellationToken
                );

    private static StepOptions Options(ModelRoute? way, ModelTarget target) =>
        new()
        {
            Kind = Kind,
            Service = way is null ? null : target.Provider,
            Streams = true,
            Fallbacks = way?.Behind(target) ?? [],
            Detail = way is null ? null : target.Model,
            FromPerson = text => ModelAnswer.ByPerson(text, target),
        };
}
