using System.Text.Json;
using AgentControl.Core.Agents;

namespace AgentControl.Engine.Agents;

/// <summary>What makes an agent of the settings that people stored.</summary>
public interface IDefinedAgents
{
    /// <summary>By field what is wrong with settings and the remedy; empty where they are good.</summary>
    Task<IReadOnlyDictionary<string, string[]>> CheckAsync(
        string name,
        JsonElement settings,
        CancellationToken cancellationToken
    );

    /// <exception cref="FormatException">The settings are none that this program can read.</exception>
    AgentDefinition Make(string name, string settings);
}
