using AgentControl.Core.Agents;

namespace AgentControl.Core.LanguageModels;

/// <summary>The models that the program is set up with.</summary>
public interface IModels
{
    /// <summary>The route of this name (<c>AgentControl:Models</c>); null where there is none.</summary>
    ModelRoute? Route(string name);

    /// <summary>Asks once. Retries, the circuit and the limits of time are the step's around it: call it in a step whose service is the provider, or use <see cref="ModelSteps.AskModelAsync"/>.</summary>
    /// <param name="onDelta">Hears the text as it comes. What it heard is worth nothing where the call fails.</param>
    /// <exception cref="Services.ServiceException">The call failed, or its answer is none; the fault says how, as it came over the wire.</exception>
    Task<ModelAnswer> AskAsync(
        ModelTarget target,
        ModelRequest request,
        StepCall call,
        Action<string>? onDelta,
        CancellationToken cancellationToken
    );
}
