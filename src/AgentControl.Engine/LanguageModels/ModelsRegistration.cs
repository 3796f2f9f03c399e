using AgentControl.Core.LanguageModels;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;

namespace AgentControl.Engine.LanguageModels;

/// <summary>Models for agents.</summary>
internal static class ModelsRegistration
{
    public static void AddLanguageModels(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddSingleton(ModelSettingsReader.Read(configuration));
        services.AddSingleton<ProviderClients>();
        services.AddSingleton<IModels, Models>();
    }
}
