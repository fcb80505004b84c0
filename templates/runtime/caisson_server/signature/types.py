"""The types that a signature is made of. Their `repr` is MLflow's own, because its error texts contain it."""

from __future__ import annotations

from dataclasses import dataclass
from enum import Enum
from typing import Any, Dict, List, Optional, Tuple, Union


class DataType(Enum):
    """A scalar column type of MLflow."""

    BOOLEAN = "boolean"
    INTEGER = "integer"
    LONG = "long"
    FLOAT = "float"
    DOUBLE = "double"
    STRING = "string"
    BINARY = "binary"
    DATETIME = "datetime"

    def __repr__(self) -> str:
        """MLflow's short form: `double`."""
        return self.value

    def __str__(self) -> str:
        """MLflow's long form: `DataType.double`."""
        return f"DataType.{self.value}"


@dataclass(frozen=True, repr=False)
class ArrayType:
    """A list whose items are of one type."""

    items: ColumnType

    def __repr__(self) -> str:
        """MLflow's form: `Array(double)`."""
        return f"Array({self.items!r})"


@dataclass(frozen=True, repr=False)
class SparkVectorType(ArrayType):
    """A vector of Spark ML: an array of doubles with another name."""

    def __repr__(self) -> str:
        """MLflow's form."""
        return "SparkML vector"


@dataclass(frozen=True, repr=False)
class MapType:
    """An object with any text keys and values of one type."""

    values: ColumnType

    def __repr__(self) -> str:
        """MLflow's form: `Map(str -> DataType.double)`."""
        return f"Map(str -> {self.values})"


@dataclass(frozen=True, repr=False)
class AnyType:
    """Anything that JSON can say."""

    def __repr__(self) -> str:
        """MLflow's form."""
        return "Any"


@dataclass(frozen=True, repr=False)
class Property:
    """A named member of an object type."""

    name: str
    type: ColumnType
    required: bool

    def __repr__(self) -> str:
        """MLflow's form: `a: double (required)`."""
        return f"{self.name}: {self.type!r} ({_necessity(required=self.required)})"


@dataclass(frozen=True, repr=False)
class ObjectType:
    """An object with known keys; `properties` are sorted by name."""

    properties: Tuple[Property, ...]

    def __repr__(self) -> str:
        """MLflow's form: `{a: double (required)}`."""
        return "{" + ", ".join(map(repr, self.properties)) + "}"


ColumnType = Union[DataType, ArrayType, MapType, ObjectType, AnyType]


@dataclass(frozen=True, repr=False)
class ColumnSpec:
    """One column; `name` is None in a signature without names."""

    type: ColumnType
    name: Optional[str]
    required: bool

    def __repr__(self) -> str:
        """MLflow's form: `'a': double (required)`."""
        label = "" if self.name is None else f"{self.name!r}: "
        return f"{label}{self.type!r} ({_necessity(required=self.required)})"


@dataclass(frozen=True, repr=False)
class TensorSpec:
    """One tensor: a numpy dtype name and a shape in which -1 stands for any length."""

    dtype: str
    shape: Tuple[int, ...]
    name: Optional[str]
    required: bool = True

    def __repr__(self) -> str:
        """MLflow's form: `Tensor('float64', (-1, 4))`."""
        label = "" if self.name is None else f"{self.name!r}: "
        return f"{label}Tensor({self.dtype!r}, {self.shape!r})"


InputSpec = Union[ColumnSpec, TensorSpec]


@dataclass(frozen=True, repr=False)
class Schema:
    """All inputs of a model: only columns or only tensors, all with a name or none."""

    inputs: Tuple[InputSpec, ...]

    def __repr__(self) -> str:
        """MLflow's form: a list of its inputs."""
        return repr(list(self.inputs))

    @property
    def columns(self) -> Tuple[ColumnSpec, ...]:
        """The columns; empty when the inputs are tensors."""
        return tuple(spec for spec in self.inputs if isinstance(spec, ColumnSpec))

    @property
    def tensors(self) -> Tuple[TensorSpec, ...]:
        """The tensors; empty when the inputs are columns."""
        return tuple(spec for spec in self.inputs if isinstance(spec, TensorSpec))

    @property
    def has_names(self) -> bool:
        """Whether the inputs have names."""
        return self.inputs[0].name is not None

    @property
    def labels(self) -> List[Union[str, int]]:
        """A name for each input, or its index where it has none."""
        return [spec.name or index for index, spec in enumerate(self.inputs)]

    @property
    def required_labels(self) -> List[Union[str, int]]:
        """As `labels`, of the required inputs alone."""
        return [spec.name or index for index, spec in enumerate(self.inputs) if spec.required]

    def by_name(self) -> Dict[str, InputSpec]:
        """The inputs by name; empty for a signature without names."""
        return {spec.name: spec for spec in self.inputs if spec.name is not None}


@dataclass(frozen=True, repr=False)
class ParameterSpec:
    """One parameter that a request may set. `shape` is None for one value and (-1,) for a list of them."""

    name: str
    type: ColumnType
    default: Any
    shape: Optional[Tuple[int, ...]] = None

    def __repr__(self) -> str:
        """MLflow's form: `'top': long (default: 3) (shape: (-1,))`."""
        shape = "" if self.shape is None else f" (shape: {self.shape})"
        return f"{self.name!r}: {self.type!r} (default: {self.default}){shape}"


@dataclass(frozen=True)
class Signature:
    """What the model takes. `inputs` is None when nothing is known."""

    inputs: Optional[Schema] = None
    #: Names of the parameters that a request may set.
    parameters: Tuple[str, ...] = ()
    #: The parameters themselves; None when the model knows none.
    params: Optional[Tuple[ParameterSpec, ...]] = None
    #: The model validates its input itself, by a Python type hint.
    from_type_hint: bool = False


def _necessity(*, required: bool) -> str:
    return "required" if required else "optional"
