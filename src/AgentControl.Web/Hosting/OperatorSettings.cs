using Microsoft.Extensions.Configuration.Json;
using Microsoft.Extensions.FileProviders;

namespace AgentControl.Web.Hosting;

/// <summary>
/// Settings files of the folder from which the program is started: its own folder is made anew by each build, an operator's file lies beside
/// <c>./run</c>. Each comes right behind the program's own file of that name, so the order of precedence stays.
/// </summary>
internal static class OperatorSettings
{
    /// <param name="folder">The working directory.</param>
    public static void AddOperatorSettings(this WebApplicationBuilder builder, string folder)
    {
        if (Path.GetFullPath(folder) == Path.GetFullPath(builder.Environment.ContentRootPath))
            return;
        var sources = builder.Configuration.Sources;
        foreach (var name in new[] { "appsettings.json", $"appsettings.{builder.Environment.EnvironmentName}.json" })
        {
            var own = sources.OfType<JsonConfigurationSource>().LastOrDefault(s => s.Path == name);
            if (own is null)
                continue;
            sources.Insert(
                sources.IndexOf(own) + 1,
                // Not watched: the folder holds the data directory too, and a watcher would follow every file in it.
                new JsonConfigurationSource
                {
                    FileProvider = new PhysicalFileProvider(Path.GetFullPath(folder)),
                    Path = name,
                    Optional = true,
                    ReloadOnChange = false,
                }
            );
        }
    }
}
