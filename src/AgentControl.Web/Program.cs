using AgentControl.Web.Hosting;

var builder = WebApplication.CreateBuilder(args);
builder.AddOperatorSettings(Environment.CurrentDirectory);
#pragma warning disable RS0030 // commands write to the console they were called from
var output = Console.Out;
#pragma warning restore RS0030
if (await Commands.RunFirstAsync(builder, args, output) is { } early)
    return early;
await using var database = await builder.AddControlPlaneAsync();
await using var app = builder.Build();
if (await Commands.RunAsync(app, database, args, output) is { } exitCode)
    return exitCode;
app.UseControlPlane();
await app.RunAsync();
return 0;
