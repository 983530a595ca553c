using System.Reflection;
using System.Runtime.CompilerServices;
using System.Text;

namespace Ashlar.Testing;

/// <summary>
/// The public surface of an assembly as text, one line a type or member, compared with a checked-in file: a change that users
/// see is then a change that a reviewer sees. To accept one, run the test with <c>ASHLAR_UPDATE_API=1</c> and commit the file.
/// </summary>
internal static class PublicApi
{
    /// <summary>Compares the surface with PublicApi.txt beside the calling test's file, or rewrites that when asked to.</summary>
    public static void AssertUnchanged(Assembly assembly, [CallerFilePath] string testFile = "")
    {
        // With deterministic paths the compiler knows the file only relative to the checkout.
        var file = Path.Combine(Find(Path.GetDirectoryName(testFile)!), "PublicApi.txt");
        var actual = Print(assembly);
        if (Environment.GetEnvironmentVariable("ASHLAR_UPDATE_API") == "1")
        {
            File.WriteAllText(file, actual);
            return;
        }

        var (expected, now) = (Lines(File.Exists(file) ? File.ReadAllText(file) : ""), Lines(actual));
        var changes = expected.Except(now).Select(line => $"- {line}").Concat(now.Except(expected).Select(line => $"+ {line}"))
            .ToArray();
        if (changes.Length == 0) return;
        Assert.Fail($"the public surface of {assembly.GetName().Name} changed; if that is meant, run the tests with "
            + $"ASHLAR_UPDATE_API=1 and commit {file}:\n{string.Join('\n', changes)}");
    }

    /// <summary>Every public type and member, sorted.</summary>
    public static string Print(Assembly assembly)
    {
        var text = new StringBuilder();
        var types = assembly.GetExportedTypes().Where(type => !type.Name.Contains('<', StringComparison.Ordinal));
        foreach (var type in types.OrderBy(type => type.FullName, StringComparer.Ordinal))
        {
            text.Append(Declare(type)).Append('\n');
            foreach (var member in Members(type).Order(StringComparer.Ordinal))
            {
                text.Append("    ").Append(Name(type)).Append('.').Append(member).Append('\n');
            }
        }

        return text.ToString();
    }

    private static string Declare(Type type)
    {
        var kind = type.IsEnum ? "enum"
            : type.IsInterface ? "interface"
            : type.IsValueType ? "struct"
            : typeof(Delegate).IsAssignableFrom(type) ? "delegate"
            : "class";
        var modifier = type.IsAbstract && type.IsSealed ? "static "
            : type.IsAbstract && !type.IsInterface ? "abstract "
            : type.IsSealed && kind == "class" ? "sealed "
            : "";
        var above = type.BaseType is { } parent && parent != typeof(object) && parent != typeof(ValueType)
            && parent != typeof(Enum)
            ? [parent]
            : Type.EmptyTypes;
        var bases = above.Concat(type.GetInterfaces().Where(contract => contract.IsPublic)).Select(Name)
            .Order(StringComparer.Ordinal).ToArray();
        var room = type.Namespace is null ? "" : $"{type.Namespace}.";
        return $"{modifier}{kind} {room}{Name(type)}{(bases.Length > 0 && !type.IsEnum ? $" : {string.Join(", ", bases)}" : "")}";
    }

    private static IEnumerable<string> Members(Type type)
    {
        const BindingFlags Declared = BindingFlags.Public | BindingFlags.NonPublic
            | BindingFlags.Instance | BindingFlags.Static | BindingFlags.DeclaredOnly;
        if (type.IsEnum) return Enum.GetNames(type).Select(name => $"{name} = {Convert.ToInt64(Enum.Parse(type, name), null)}");
        var accessors = type.GetProperties(Declared).SelectMany(property => property.GetAccessors(true)).Concat(
            type.GetEvents(Declared).SelectMany(change => new[] { change.AddMethod!, change.RemoveMethod! })).ToHashSet();
        return type.GetConstructors(Declared).Where(made => IsSeen(made) && !IsMade(made))
            .Select(made => $"new({Parameters(made)})")
            .Concat(type.GetFields(Declared)
                .Where(field => field.IsPublic || field.IsFamily)
                .Select(field => $"{Static(field.IsStatic)}{field.Name}: {Name(field.FieldType)}"))
            .Concat(type.GetProperties(Declared)
                .Where(property => property.Name != "EqualityContract" && property.GetAccessors(true).Any(IsSeen))
                .Select(Describe))
            .Concat(type.GetEvents(Declared)
                .Where(change => IsSeen(change.AddMethod!))
                .Select(change => $"event {change.Name}: {Name(change.EventHandlerType!)}"))
            .Concat(type.GetMethods(Declared)
                .Where(method => IsSeen(method) && !IsMade(method) && !accessors.Contains(method))
                .Select(Describe));
    }

    private static string Describe(PropertyInfo property)
    {
        var (get, set) = (property.GetMethod, property.SetMethod);
        var isInit = set?.ReturnParameter.GetRequiredCustomModifiers().Contains(typeof(IsExternalInit)) == true;
        var reads = get is not null && IsSeen(get) ? "get; " : "";
        var writes = set is null || !IsSeen(set) ? "" : isInit ? "init; " : "set; ";
        var index = property.GetIndexParameters();
        var name = index.Length == 0 ? property.Name : $"this[{string.Join(", ", index.Select(Describe))}]";
        var mark = new NullabilityInfoContext().Create(property).ReadState == NullabilityState.Nullable
            && !property.PropertyType.IsValueType
            ? "?"
            : "";
        return $"{Static((get ?? set)!.IsStatic)}{name}: {Name(property.PropertyType)}{mark} {{ {reads}{writes}}}";
    }

    private static string Describe(MethodInfo method)
    {
        var generic = method.IsGenericMethod ? $"<{string.Join(", ", method.GetGenericArguments().Select(Name))}>" : "";
        var result = $"{Name(method.ReturnType)}{Mark(method.ReturnParameter)}";
        return $"{Static(method.IsStatic)}{method.Name}{generic}({Parameters(method)}): {result}";
    }

    private static string Parameters(MethodBase method) => string.Join(", ", method.GetParameters().Select(Describe));

    private static string Describe(ParameterInfo parameter)
    {
        var isParams = parameter.IsDefined(typeof(ParamArrayAttribute)) || parameter.IsDefined(typeof(ParamCollectionAttribute));
        var kind = isParams ? "params "
            : parameter.IsOut ? "out "
            : parameter.IsIn ? "in "
            : parameter.ParameterType.IsByRef ? "ref "
            : "";
        var value = parameter.HasDefaultValue ? FormattableString.Invariant($" = {parameter.DefaultValue ?? "default"}") : "";
        return $"{kind}{Name(parameter.ParameterType)}{Mark(parameter)} {parameter.Name}{value}";
    }

    private static string Mark(ParameterInfo parameter) =>
        !parameter.ParameterType.IsValueType
            && new NullabilityInfoContext().Create(parameter).WriteState == NullabilityState.Nullable
            ? "?"
            : "";

    private static bool IsSeen(MethodBase method) =>
        method.IsPublic || ((method.IsFamily || method.IsFamilyOrAssembly) && !method.DeclaringType!.IsSealed);

    // What the compiler adds to a record follows from its being one.
    private static bool IsMade(MethodBase method) => method.IsDefined(typeof(CompilerGeneratedAttribute));

    private static string Static(bool isStatic) => isStatic ? "static " : "";

    private static string Name(Type type)
    {
        if (type.IsByRef) return Name(type.GetElementType()!);
        if (type.IsArray) return $"{Name(type.GetElementType()!)}[]";
        if (type.IsPointer) return $"{Name(type.GetElementType()!)}*";
        if (type.IsGenericParameter) return type.Name;
        if (Nullable.GetUnderlyingType(type) is { } inner) return $"{Name(inner)}?";
        var outer = type.DeclaringType is null ? "" : $"{Name(type.DeclaringType)}.";
        var name = $"{outer}{type.Name.Split('`')[0]}";
        return type.IsGenericType ? $"{name}<{string.Join(", ", type.GetGenericArguments().Select(Name))}>" : name;
    }

    private static string[] Lines(string text) =>
        text.Split('\n', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries);

    private static string Find(string folder)
    {
        if (Directory.Exists(folder)) return folder;
        for (var above = new DirectoryInfo(AppContext.BaseDirectory); above is not null; above = above.Parent)
        {
            var candidate = Path.Combine(above.FullName, folder.Replace("/_/", "", StringComparison.Ordinal));
            if (Directory.Exists(candidate)) return candidate;
        }

        throw new DirectoryNotFoundException($"the folder of the test, {folder}, is not here");
    }
}
